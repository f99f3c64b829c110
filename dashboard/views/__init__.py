"""One short script for each page.

Not called `pages`: Streamlit would run the scripts of a folder of that name by itself, past app.py.
"""
