"""Events on their channel: who gets them, who does not, and who is told so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from test_client import Proxy

from wellness import keys
from wellness.client import Client, connect
from wellness.errors import RedisUnavailable
from wellness.keys import Keys
from wellness.lesson.relay import line
from wellness.ops.events import Event
from wellness.ops.publisher import Publisher
from wellness.ops.subscriber import Gap, Subscriber, longest_wait_s
from wellness.server import EmbeddedServer, start
from wellness.settings import Settings

from .conftest import QUICK, made, numbers

QUIET_S = 0.3
PATIENCE_S = 20.0


@pytest.fixture
def publisher(guarded: Client, namespace: str) -> Publisher:
    return Publisher(guarded, "ann", namespace=namespace)


@pytest.fixture
def listening(
    guarded: Client, quick: Settings, namespace: str
) -> Iterator[Callable[[], Subscriber]]:
    """Makes subscribers to Ann's events, stopped at the end."""
    made: list[Subscriber] = []

    def listen() -> Subscriber:
        made.append(Subscriber(guarded, "ann", settings=quick, namespace=namespace))
        return made[-1]

    yield listen
    for one in made:
        one.stop()


def events(items: list[Event | Gap]) -> list[Event]:
    assert all(isinstance(item, Event) for item in items), items
    return [item for item in items if isinstance(item, Event)]


def hang_up(client: Redis, subscriber: Subscriber) -> None:
    """Cut off a subscriber, by the id of its connection."""
    assert client.client_kill_filter(_id=str(subscriber.connection_id)) == 1


def until(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < ends
        time.sleep(0.01)


# --- what is delivered ---------------------------------------------------------------------------


def test_events_come_in_their_order_with_their_numbers(
    publisher: Publisher, listening: Callable[[], Subscriber]
) -> None:
    one, other = listening(), listening()
    sent = [made(i) for i in range(5)]
    assert publisher.publish(*sent[:3]) == 2
    assert publisher.publish(*sent[3:]) == 2
    for subscriber in (one, other):
        came = events(list(subscriber.listen(quiet_s=QUIET_S)))
        assert came == sent
        assert [event.sequence for event in came] == [1, 2, 3, 4, 5]
    assert (publisher.published, publisher.lost) == (5, 0)


def test_many_publishers_have_one_numbering(
    guarded: Client, namespace: str, listening: Callable[[], Subscriber]
) -> None:
    subscriber = listening()

    def publish() -> None:
        mine = Publisher(guarded, "ann", namespace=namespace)
        for i in range(50):
            mine.publish(made(i))

    threads = [threading.Thread(target=publish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    came = events(list(subscriber.listen(quiet_s=QUIET_S)))
    assert [event.sequence for event in came] == list(range(1, 401))


def test_another_persons_events_do_not_come(
    guarded: Client, namespace: str, listening: Callable[[], Subscriber]
) -> None:
    subscriber = listening()
    Publisher(guarded, "ben", namespace=namespace).publish(made(1, "ben"))
    assert list(subscriber.listen(quiet_s=QUIET_S)) == []


def test_nothing_is_kept_for_the_absent(
    publisher: Publisher, listening: Callable[[], Subscriber]
) -> None:
    assert publisher.publish(*(made(i) for i in range(3))) == 0
    late = listening()
    publisher.publish(made(3))
    assert numbers(events(list(late.listen(quiet_s=QUIET_S)))) == [3], "and it missed nothing"


def test_nothing_is_acknowledged(publisher: Publisher, listening: Callable[[], Subscriber]) -> None:
    """Who has an event and dies has had it: it does not come again."""
    first = listening()
    publisher.publish(*(made(i) for i in range(3)))
    assert events([next(iter(first.listen()))])[0].data["i"] == 0
    first.stop()
    second = listening()
    assert list(second.listen(quiet_s=QUIET_S)) == []


# --- what is missed ------------------------------------------------------------------------------


def test_what_was_published_while_the_line_was_down_is_told(
    client: Redis, publisher: Publisher, listening: Callable[[], Subscriber]
) -> None:
    subscriber = listening()
    publisher.publish(made(0))
    assert numbers(events(list(subscriber.listen(quiet_s=QUIET_S)))) == [0]
    hang_up(client, subscriber)
    publisher.publish(*(made(i) for i in range(1, 4)))
    came = list(subscriber.listen(quiet_s=QUIET_S))
    assert came == [Gap(3, "the connection was down")], "although no further event came"
    assert subscriber.reconnects == 1
    publisher.publish(made(4))
    assert numbers(events(list(subscriber.listen(quiet_s=QUIET_S)))) == [4]


def test_a_line_that_breaks_between_events_costs_nothing(
    client: Redis, publisher: Publisher, listening: Callable[[], Subscriber]
) -> None:
    subscriber = listening()
    hang_up(client, subscriber)
    assert list(subscriber.listen(quiet_s=QUIET_S)) == []
    publisher.publish(made(1))
    assert numbers(events(list(subscriber.listen(quiet_s=QUIET_S)))) == [1]
    assert subscriber.reconnects == 1


def test_a_gap_comes_before_the_event_that_shows_it(
    client: Redis, namespace: str, publisher: Publisher, listening: Callable[[], Subscriber]
) -> None:
    subscriber = listening()
    client.incrby(Keys(namespace, "ann").event_sequence, 4)  # as if four had gone elsewhere
    publisher.publish(made(5))
    gap, event = subscriber.listen(quiet_s=QUIET_S)
    assert gap == Gap(4, "they did not arrive")
    assert isinstance(event, Event)
    assert event.sequence == 5


def test_a_numbering_that_begins_anew_leaves_it_open_how_much_is_missing(
    client: Redis, namespace: str, publisher: Publisher, listening: Callable[[], Subscriber]
) -> None:
    subscriber = listening()
    publisher.publish(made(1), made(2))
    assert len(list(subscriber.listen(quiet_s=QUIET_S))) == 2
    client.delete(Keys(namespace, "ann").event_sequence)
    publisher.publish(made(3))
    gap, event = subscriber.listen(quiet_s=QUIET_S)
    assert gap == Gap(None, "the numbers began anew")
    assert isinstance(event, Event)
    assert (event.sequence, event.data["i"]) == (1, 3)
    hang_up(client, subscriber)
    client.delete(Keys(namespace, "ann").event_sequence)
    assert list(subscriber.listen(quiet_s=QUIET_S)) == [Gap(None, "the numbers began anew")]


def test_who_reads_too_slowly_is_cut_off_and_told(tmp_path: Path) -> None:
    """On a server of its own: the limit is the server's, for all subscribers."""
    settings = Settings(home=tmp_path / "home", **QUICK)  # type: ignore[arg-type]
    with start(settings) as server, connect(Settings(redis_url=server.url)) as client:
        client.config_set("client-output-buffer-limit", "pubsub 256kb 0 0")
        publisher = Publisher(client, "ann")
        with Subscriber(client, "ann", settings=settings) as slow:
            for i in range(200):  # 3 MB, and nobody reads
                publisher.publish(made(i, blob="x" * 16_384))
            disconnected = client.info("stats")["client_output_buffer_limit_disconnections"]
            came = list(slow.listen(quiet_s=QUIET_S))
    gaps = [item.missed for item in came if isinstance(item, Gap)]
    assert disconnected == 1
    assert len(gaps) == 1
    assert gaps[0] is not None
    assert gaps[0] > 0
    assert gaps[0] + len(came) - 1 == 200, "what came and what is said to be missing is all"
    assert slow.reconnects == 1


def test_a_connection_that_is_silent_is_replaced(
    redis_server: EmbeddedServer, publisher: Publisher, namespace: str, tmp_path: Path
) -> None:
    """A cable that was pulled closes nothing; only a PING without an answer shows it."""
    proxy = Proxy(redis_server.socket, tmp_path / "p")
    settings = Settings(redis_url=proxy.url, socket_timeout_s=0.2, **QUICK)  # type: ignore[arg-type]
    try:
        with connect(settings) as client:
            subscriber = Subscriber(client, "ann", settings=settings, namespace=namespace)
            came: list[Event | Gap] = []
            subscriber.follow(came.append)
            proxy.mode = "silent"
            publisher.publish(made(1))
            time.sleep(4 * settings.socket_timeout_s)
            assert came == []
            proxy.mode = "forward"
            until(lambda: bool(came))
            subscriber.stop()
    finally:
        proxy.close()
    assert came == [Gap(1, "the connection was down")]


def test_messages_that_are_no_events_are_counted(
    client: Redis, publisher: Publisher, listening: Callable[[], Subscriber]
) -> None:
    subscriber = listening()
    for text in ("hello", "12 hello", "", "x {}", b"\xff"):
        client.publish(publisher.channel, text)
    publisher.publish(made(1))
    assert numbers(events(list(subscriber.listen(quiet_s=QUIET_S)))) == [1]
    assert subscriber.strange == 5


# --- the end, and Redis away ---------------------------------------------------------------------


def test_stop_ends_listeners_and_gives_the_connection_back(
    guarded: Client, publisher: Publisher, listening: Callable[[], Subscriber]
) -> None:
    subscriber, came = listening(), []
    thread = subscriber.follow(came.append)
    publisher.publish(made(1))
    until(lambda: bool(came))
    subscriber.stop()
    assert not thread.is_alive()
    assert list(subscriber.listen()) == []
    until(lambda: guarded.pubsub_numsub(publisher.channel)[0][1] == 0)


def test_a_listener_can_stop_itself(
    publisher: Publisher, listening: Callable[[], Subscriber]
) -> None:
    subscriber = listening()
    thread = subscriber.follow(lambda item: subscriber.stop())
    publisher.publish(made(1))
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_a_publisher_without_redis_counts_and_goes_on(
    client: Redis, quick: Settings, namespace: str
) -> None:
    settings = quick.model_copy(update={"breaker_reset_s": 0.05})
    with line(client, settings) as to_redis:
        publisher = Publisher(to_redis.client, "ann", namespace=namespace)
        assert publisher.problem == ""
        publisher.publish(made(0))
        to_redis.cut()
        for i in range(1, 11):
            assert publisher.publish(made(i)) == 0
        assert (publisher.published, publisher.lost) == (1, 10)
        assert "not asked again" in publisher.problem, "the breaker spares it the wait"
        to_redis.mend()
        time.sleep(settings.breaker_reset_s)
        publisher.publish(made(11))
        assert (publisher.published, publisher.lost) == (2, 10)


def test_a_subscriber_outlives_an_outage(
    client: Redis, publisher: Publisher, quick: Settings, namespace: str
) -> None:
    settings = quick.model_copy(update={"breaker_reset_s": 0.05})
    with line(client, settings) as to_redis:
        subscriber = Subscriber(to_redis.client, "ann", settings=settings, namespace=namespace)
        came: list[Event | Gap] = []
        subscriber.follow(came.append)
        to_redis.cut()
        publisher.publish(made(1), made(2))
        time.sleep(3 * settings.events_retry_s)
        assert came == []
        to_redis.mend()
        until(lambda: bool(came))
        publisher.publish(made(3))
        until(lambda: len(came) == 2)
        subscriber.stop()
    assert came[0] == Gap(2, "the connection was down")


def test_stop_also_ends_a_subscriber_that_has_no_redis(
    client: Redis, quick: Settings, namespace: str
) -> None:
    with line(client, quick) as to_redis:
        subscriber = Subscriber(to_redis.client, "ann", settings=quick, namespace=namespace)
        thread = subscriber.follow(lambda item: None)
        to_redis.cut()
        subscriber.stop()
        assert not thread.is_alive()


def test_a_subscriber_needs_redis_to_begin_with(
    client: Redis, quick: Settings, namespace: str
) -> None:
    with line(client, quick) as to_redis:
        to_redis.cut()
        with pytest.raises(RedisUnavailable):
            Subscriber(to_redis.client, "ann", settings=quick, namespace=namespace)


def test_readers_wait_for_less_than_their_connections_timeout() -> None:
    settings = Settings()
    assert longest_wait_s(settings) == settings.events_idle_s < settings.socket_timeout_s
    hasty = Settings(socket_timeout_s=0.1)
    assert longest_wait_s(hasty) == 0.05


def test_the_counter_is_as_the_table_of_keys_says(
    client: Redis, publisher: Publisher, namespace: str
) -> None:
    publisher.publish(made(1))
    assert keys.audit(client, namespace) == []
