"""What GitHub and GitLab have in common: repositories, paging, patience, and one connector."""
