"""The DuckDB peer of `cargo xtask bench`: every record's usual fields of all logs below a folder, in a table; then two questions.

It hashes nothing and proves nothing. Writes one line of JSON.
"""

import glob
import json
import os
import sys
import time

import duckdb

WHO = 'STRUCT("type" VARCHAR, arn VARCHAR, accountId VARCHAR, accessKeyId VARCHAR, userName VARCHAR, principalId VARCHAR)'
TEXTS = ["eventTime", "eventName", "eventSource", "awsRegion", "sourceIPAddress", "userAgent", "errorCode", "eventID", "recipientAccountId"]
RECORD = "STRUCT(" + ", ".join(f"{name} VARCHAR" for name in TEXTS) + f", readOnly BOOLEAN, userIdentity {WHO})[]"
QUESTIONS = {
    "the most frequent eventName": "SELECT r.eventName, count(*) FROM events GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
    "text: delete": "SELECT count(*) FROM events WHERE r.eventName ILIKE '%delete%'",
}

files = [path for path in glob.glob(sys.argv[1] + "/**/*.json.gz", recursive=True) if "/CloudTrail-Digest/" not in path]
begun = time.perf_counter()
database = duckdb.connect()
database.execute(f"SET threads = {os.cpu_count()}")
database.execute(
    "CREATE TABLE events AS SELECT unnest(Records) AS r FROM "
    f"read_json(?, format = 'unstructured', columns = {{Records: '{RECORD}'}}, maximum_object_size = 400000000)",
    [files],
)
events = database.execute("SELECT count(*) FROM events").fetchone()[0]
seconds = time.perf_counter() - begun
surveys = []
for what, question in QUESTIONS.items():
    begun = time.perf_counter()
    database.execute(question).fetchall()
    surveys.append({"what": what, "settled_ms": (time.perf_counter() - begun) * 1000})
print(json.dumps({"seconds": seconds, "events": events, "files": len(files), "surveys": surveys}))
