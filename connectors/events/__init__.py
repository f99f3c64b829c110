"""Pushed events: what senders post, translated into records of one vocabulary."""
