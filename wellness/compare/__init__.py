"""The same workloads on Redis and on its alternatives, each engine behind one protocol.

    with engines.start("Postgres", Durability.SECOND, settings=settings) as engine:
        store = engine.connect(clock=time.time)
        store.append("ann", "today", turn)

`wellness.compare.engines` names the engines, `wellness.compare.protocols` says what each must do,
and `wellness.compare.conformance` checks that it does.
"""
