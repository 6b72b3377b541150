"""Writes rows with pyarrow, or with Hugging Face datasets' ArrowWriter, and says how long it took:

    peers.py pyarrow|datasets SHARD OUT ROWS_IN_MEMORY ROWS

The first rows of SHARD are kept in memory as Python objects and written again and again, 100 to a record batch, to one file, which is
fsynced. Nothing is hashed.
"""
import json
import os
import sys
import time

import datasets
import pyarrow as pa
from datasets.arrow_writer import ArrowWriter

per_batch = 100


def sync(path):
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def pyarrow_writer(rows, schema, out, count):
    with pa.OSFile(out, "wb") as sink, pa.ipc.new_stream(sink, schema) as writer:
        for start in range(0, count, per_batch):
            at = start % len(rows)
            writer.write_batch(pa.RecordBatch.from_pylist(rows[at : at + per_batch], schema=schema))


def datasets_writer(rows, schema, out, count):
    features = datasets.Features.from_arrow_schema(schema)
    with ArrowWriter(features=features, path=out, writer_batch_size=per_batch) as writer:
        for index in range(count):
            writer.write(rows[index % len(rows)])
        writer.finalize()


writers = {"pyarrow": pyarrow_writer, "datasets": datasets_writer}


def main() -> None:
    name, shard, out = sys.argv[1:4]
    in_memory, count = map(int, sys.argv[4:6])
    table = pa.ipc.open_stream(shard).read_all().slice(0, in_memory)
    rows = table.to_pylist()
    started = time.perf_counter()
    writers[name](rows, table.schema, out, count)
    sync(out)
    seconds = time.perf_counter() - started
    size = os.path.getsize(out)
    os.remove(out)
    print(json.dumps({"what": name, "rows": count, "MB": round(size / 1e6), "seconds": round(seconds, 2), "MBps": round(size / 1e6 / seconds)}))


if __name__ == "__main__":
    main()
