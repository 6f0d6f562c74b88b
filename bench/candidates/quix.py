"""A Quix Streams application: a record at a time, at least once, by its own defaults."""

import os

from quixstreams import Application

from bench.answering import LETTER, PREDICTION, answers, model


def main() -> None:
    """Score the input topic onto both others until stopped."""
    pipeline = model(os.environ["MODEL_PATH"])
    app = Application(
        broker_address=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        consumer_group=os.environ["GROUP_ID"],
        auto_offset_reset="earliest",
        auto_create_topics=False,
        loglevel="WARNING",
    )
    plain = {"key_deserializer": "bytes", "value_deserializer": "bytes"}
    own = {"key_serializer": "bytes", "value_serializer": "bytes"}
    answered = app.dataframe(app.topic(os.environ["INPUT_TOPIC"], **plain)).apply(
        lambda value: answers(pipeline, [value])[0]
    )
    for where in (PREDICTION, LETTER):
        chosen = answered.filter(lambda answer, where=where: answer[0] == where)
        chosen.apply(lambda answer: answer[1]).to_topic(app.topic(os.environ[where], **own))
    app.run()


if __name__ == "__main__":
    main()
