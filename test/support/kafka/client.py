"""librdkafka through confluent-kafka, driven by lines of JSON: {"do": "produce" | "consume" | "transaction", ...} -> one line for each answer."""
import json
import sys

from confluent_kafka import Consumer, Producer
import confluent_kafka


def say(**what):
    print(json.dumps(what), flush=True)


def produce(order):
    producer = Producer({"bootstrap.servers": order["brokers"], **order.get("config", {})})
    failed = []

    def done(error, _message):
        if error is not None:
            failed.append(str(error))

    transactional = "transactional.id" in order.get("config", {})
    if transactional:
        producer.init_transactions(30)
        producer.begin_transaction()
    for value in order["values"]:
        producer.produce(order["topic"], value=value, key=value, on_delivery=done)
        producer.poll(0)
    producer.flush(30)
    if transactional:
        (producer.abort_transaction if order.get("abort") else producer.commit_transaction)(30)
    say(failed=failed)


def consume(order):
    fetches = [0]

    def statistics(text):
        read = json.loads(text)
        fetches[0] = sum(broker["req"].get("Fetch", 0) for broker in read["brokers"].values())

    consumer = Consumer(
        {
            "bootstrap.servers": order["brokers"],
            "group.id": order["group"],
            "auto.offset.reset": "earliest",
            "statistics.interval.ms": 50,
            "stats_cb": statistics,
            "fetch.wait.max.ms": 200,
            **order.get("config", {}),
        }
    )
    consumer.subscribe([order["topic"]], on_assign=lambda _consumer, _partitions: say(assigned=True))
    values = []
    while order["count"] > len(values):
        message = consumer.poll(1)
        if message is None:
            continue
        if message.error() is not None:
            say(error=str(message.error()))
            continue
        values.append(message.value().decode())
    consumer.poll(0.1)
    consumer.close()
    say(values=values, fetches=fetches[0])


for line in sys.stdin:
    order = json.loads(line)
    if order["do"] == "version":
        say(version=confluent_kafka.libversion()[0])
    elif order["do"] == "produce":
        produce(order)
    else:
        consume(order)
