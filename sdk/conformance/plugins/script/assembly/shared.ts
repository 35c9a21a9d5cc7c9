// Operations on what VMs share: data, queues, metrics.
import { Counter, Gauge, Histogram, logInfo, sharedData, SharedQueue, Slice } from "@weir/sdk/assembly";
import { report } from "./perform";
import { Operation } from "./program";

export function performOnShared(operation: Operation): bool {
  const verb = operation.verb;
  if (verb == "sharedGet") sharedGet(operation);
  else if (verb == "sharedSet") report(operation, sharedData.set(key(operation), Slice.of(operation.text(1))));
  else if (verb == "sharedCas") sharedCas(operation);
  else if (verb == "sharedAdd") sharedAdd(operation);
  else if (verb == "queueRegister") SharedQueue.register(operation.word(0));
  else if (verb == "enqueue") enqueue(operation);
  else if (verb == "dequeue") dequeue(operation);
  else return performOnMetric(operation);
  return true;
}

function key(operation: Operation): Slice {
  return Slice.of(operation.word(0));
}

function sharedGet(operation: Operation): void {
  const found = sharedData.get(key(operation));
  logInfo(`shared ${operation.word(0)}=${found ? found.value.toText() : "missing"}`);
}

/** sharedCas <key> <offset to the cas that was read> <value> */
function sharedCas(operation: Operation): void {
  const found = sharedData.get(key(operation));
  const cas = (found ? found.cas : 0) + I32.parseInt(operation.word(1));
  logInfo(`cas ${sharedData.set(key(operation), Slice.of(operation.text(2)), cas)}`);
}

function sharedAdd(operation: Operation): void {
  logInfo(`sum ${sharedData.add(key(operation), I32.parseInt(operation.word(1)))}`);
}

/** enqueue <vm id or -> <queue> <item> */
function enqueue(operation: Operation): void {
  const vmId = operation.word(0) == "-" ? "" : operation.word(0);
  const queue = SharedQueue.resolve(vmId, operation.word(1));
  if (!queue) logInfo(`queue ${operation.word(1)} missing`);
  else report(operation, queue.enqueue(Slice.of(operation.text(2))));
}

function dequeue(operation: Operation): void {
  const queue = SharedQueue.resolve("", operation.word(0));
  const item = queue ? queue.dequeue() : null;
  logInfo(item ? `item ${item.toText()}` : "queue empty");
}

/** counter, gauge, gaugeSet, histogram, metric: <name> <value> */
function performOnMetric(operation: Operation): bool {
  const verb = operation.verb;
  const name = operation.word(0);
  const value = I64.parseInt(operation.word(1).length ? operation.word(1) : "0");
  if (verb == "counter") report(operation, new Counter(name).increment(value));
  else if (verb == "gauge") report(operation, new Gauge(name).add(value));
  else if (verb == "gaugeSet") report(operation, new Gauge(name).record(value));
  else if (verb == "histogram") report(operation, new Histogram(name).record(value));
  else if (verb == "counterValue") logInfo(`counter ${name} is ${new Counter(name).value}`);
  else if (verb == "gaugeValue") logInfo(`gauge ${name} is ${new Gauge(name).value}`);
  else return false;
  return true;
}
