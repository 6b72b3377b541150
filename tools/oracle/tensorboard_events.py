"""Writes or reads TensorBoard event files with TensorBoard's own code, for packages/eval's writer.

    pip install -r tools/oracle/requirements-metrics.txt
    python tools/oracle/tensorboard_events.py write tools/oracle/fixtures/metrics/events.bin   # what the writer's test expects
    python tools/oracle/tensorboard_events.py read FOLDER                                      # scalars of a folder, as JSON
"""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

SECONDS = 1_700_000_000.25
SCALARS = {"eval/loss": 3.125, "eval/bleu_1": 0.2015, "eval/" + "long" * 40: -1e-30}


def write(path):
    with open(path, "wb") as file:
        records = RecordWriter(file)
        records.write(Event(wall_time=SECONDS, file_version="brain.Event:2").SerializeToString())
        for tag, value in SCALARS.items():
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            records.write(Event(wall_time=SECONDS, step=42_000, summary=summary).SerializeToString())


def read(folder):
    events = EventAccumulator(folder).Reload()
    scalars = {tag: [[each.step, each.value] for each in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    json.dump(scalars, sys.stdout, indent=1)
    print()


def main() -> None:
    {"write": write, "read": read}[sys.argv[1]](sys.argv[2])


if __name__ == "__main__":
    main()
