"""The event receiver: what senders push is on disk before they are told so."""
