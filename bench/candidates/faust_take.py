"""A Faust agent that takes up to 500 events at once, at least once, by its own defaults."""

import os
import sys
from tempfile import mkdtemp

import faust

from bench.answering import LETTER, PREDICTION, answers, model

app = faust.App(
    os.environ["GROUP_ID"],
    broker=f"kafka://{os.environ['KAFKA_BOOTSTRAP_SERVERS']}",
    value_serializer="raw",
    consumer_auto_offset_reset="earliest",
    topic_disable_leader=True,
    web_enabled=False,
    datadir=mkdtemp(),
)
pipeline = model(os.environ["MODEL_PATH"])
source = app.topic(os.environ["INPUT_TOPIC"], key_type=bytes, value_type=bytes)
outputs = {
    where: app.topic(os.environ[where], key_type=bytes, value_type=bytes)
    for where in (PREDICTION, LETTER)
}


@app.agent(source)
async def score(stream) -> None:
    """Answer what came within 20 ms."""
    async for events in stream.take_events(500, within=0.02):
        found = answers(pipeline, [event.value for event in events])
        for event, (where, value) in zip(events, found, strict=True):
            await outputs[where].send(key=event.key, value=value)


if __name__ == "__main__":
    sys.argv[1:] = ["worker", "--without-web", "-l", "warn"]
    app.main()
