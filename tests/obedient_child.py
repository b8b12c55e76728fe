"""A child that does what an order says; started by the tests as `ingest.sandbox.process` starts any child."""

import json
import os
import sys
import time

from ingest.readers.limits import Limits
from ingest.sandbox.own_limits import Watch, claim_stdout, limit_cpu, limit_memory, peak_memory


def main(greeting: str = "hello") -> None:
    """Answer each order with a line."""
    out = claim_stdout()
    print("this goes to nobody")
    for line in sys.stdin:
        order = json.loads(line)
        limits = Limits(**order.get("limits", {}))
        match order["do"]:
            case "echo":
                out.write(f"{greeting} {order['text']!r}\n".encode())
            case "bytes":
                out.write(b"x" * order["count"])
            case "leave":
                os._exit(order["code"])
            case "close":
                out.close()
                os.close(1)
                os.close(2)
                time.sleep(60)
            case "grow":
                limit_memory(limits)
                try:
                    out.write(b"%d\n" % len(bytearray(order["count"])))
                except MemoryError:
                    out.write(b"refused\n")
            case "burn":
                limit_cpu(limits)
                Watch(limits).start_file()
                while True:
                    pass
            case "spin":  # in C, without ever letting another thread have its turn
                sum(iter(int, 1))
            case "peak":
                out.write(b"%d\n" % peak_memory())
        out.flush()
