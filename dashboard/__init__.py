"""What people see: Streamlit pages, charts and words over the published file."""
