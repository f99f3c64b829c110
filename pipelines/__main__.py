"""``python -m pipelines`` is ``drumbeat``."""

from pipelines.command_line import main

main()
