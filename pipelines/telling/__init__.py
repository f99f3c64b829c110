"""Telling the receiver of something from any script; imports nothing heavy, for CI jobs wait."""
