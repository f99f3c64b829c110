"""The command that follows clusters as things happen there."""

from pathlib import Path

import click

from pipelines.commands import options
from pipelines.errors import DrumbeatError


@click.command(epilog="Example: drumbeat watch --config drumbeat.yaml")
@options.project_options
def watch(config: Path | None, data_dir: Path | None) -> None:
    """Follow the clusters that have `watch: true`, until told to stop.

    What is seen is landed within seconds, and the next refresh builds it in. A watch that is
    started again goes on where it was, as far back as the API server still knows.
    """
    import signal
    from threading import Event

    from pipelines.clusters import watched
    from pipelines.receiving.serving import say
    from pipelines.watching import together

    stop = Event()
    watches = list(watched(options.project(config, data_dir), say, stop))
    if not watches:
        raise DrumbeatError(
            "no source is to be watched; give one of kind `kubernetes` a kubeconfig and "
            "`watch: true`"
        )
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    say(f"Watching {', '.join(each.source for each in watches)}.")
    together(watches, stop)
    say("The watch has ended; what it saw is landed.")
