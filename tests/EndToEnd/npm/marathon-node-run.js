"use strict";

/*
 * Drives /v2 with the npm packages marathon-node (1.1.0) and marathon-event-bus-client (0.1.7), both unmodified, step by step, and
 * tells each step that held on stdout. Used by the end-to-end tests; also handy by hand.
 *
 * What they put on the wire: marathon-node joins paths, so /v2/apps//a/b arrives as /v2/apps/a/b; a flag that is not given is left
 * out; DELETE and POST without a body carry none, PUT and POST with one are JSON. marathon-event-bus-client asks for all events, takes
 * those that it knows from the stream's "event:" lines, and reads "data:" as JSON.
 *
 * Usage: marathon-node-run.js URL PREFIX   (PREFIX: a group of the run's own, such as /node)
 * Exit: 0 every step held, 1 one did not: what failed is on stderr.
 */

const assert = require("assert");
const path = require("path");

const modules = path.join(__dirname, "..", "..", "npm", "node_modules");
const Marathon = require(path.join(modules, "marathon-node"));
const EventBusClient = require(path.join(modules, "marathon-event-bus-client"));

const WAIT_MS = 60000;
const POLL_MS = 50;
const SLEEP = "exec sleep 1000";
const EVENTS = ["deployment_info", "deployment_step_success", "deployment_success", "deployment_failed", "status_update_event",
  "instance_changed_event", "group_change_success", "app_terminated_event", "event_stream_attached"];

const [url, prefix] = process.argv.slice(2);
// Without the option, lists in the query would be written as embed[0]=..., which no Marathon reads.
const client = Marathon(url, { useQuerystring: true });
const seen = new Map();

const told = (step) => process.stdout.write(step + "\n");
const ids = (tasks) => tasks.map((task) => task.id);
const none = (some, others) => some.every((one) => !others.includes(one));
const tasksOf = async (app) => (await client.app.getTasks(app)).tasks;
const shown = async (app) => (await client.app.getOne(app)).app;

async function until(holds, what) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const value = await holds();
    if (value) {
      return value;
    }

    assert(Date.now() < end, "not in time: " + what);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function refused(status, call) {
  try {
    await call();
  } catch (error) {
    assert.strictEqual(error.statusCode, status, String(error));
    return error.error;
  }

  throw new Error("nothing was refused, " + status + " was expected");
}

const settled = () => until(async () => (await client.deployments.getList()).length === 0, "no deployment is left");

async function running(app, count) {
  await settled();
  return until(async () => {
    const tasks = await tasksOf(app);
    return tasks.length === count && tasks.every((task) => task.state === "TASK_RUNNING" && task.startedAt) ? tasks : null;
  }, count + " tasks of " + app);
}

function listen() {
  const { hostname, port } = new URL(url);
  const handlers = {};
  for (const type of EVENTS) {
    handlers[type] = (name, data) => seen.set(name, (seen.get(name) || []).concat(data));
  }

  const bus = new EventBusClient({ marathonHost: hostname, marathonPort: port, eventTypes: EVENTS, handlers });
  const open = new Promise((resolve, reject) => {
    bus.on("subscribed", resolve);
    bus.on("error", (event) => reject(new Error("event stream: " + JSON.stringify(event))));
  });
  bus.subscribe();
  return open.then(() => bus);
}

// marathon-node has an event stream of its own; its filter is in the query.
async function listenForOne(type) {
  const source = client.events.createEventSource({ eventType: type });
  const types = [];
  EVENTS.forEach((name) => source.addEventListener(name, (event) => types.push(JSON.parse(event.data).eventType)));
  await new Promise((resolve) => source.addEventListener("open", resolve));
  return { source, types };
}

async function about() {
  assert.strictEqual(await client.misc.ping(), "pong");
  const info = await client.info.get();
  assert(info.name === "marathon" && info.elected === true && info.leader && info.marathon_config && info.http_config);
  assert.match((await client.leader.get()).leader, /:\d+$/);
  told("about");
}

async function create(app) {
  const definition = {
    id: app, cmd: SLEEP, cpus: 0.1, mem: 16, instances: 1, env: { A: "1" }, labels: { made: "node" },
    portDefinitions: [{ port: 0, protocol: "tcp", name: "web" }],
  };
  const made = await client.app.create(definition);
  assert(made.id === app && made.tasksRunning === 0 && made.deployments.length === 1 && made.version);
  assert.match((await refused(409, () => client.app.create(definition))).message, /already exists/);
  const [task] = await running(app, 1);
  assert(task.appId === app && task.ports.length === 1 && task.servicePorts.length === 1 && task.ipAddresses.length > 0 && task.slaveId);
  const { apps } = await client.app.getList({ label: "made==node", id: app, embed: ["apps.tasks", "apps.counts"] });
  assert.deepStrictEqual(apps.map((one) => one.id), [app]);
  assert(apps[0].tasks.length === 1 && apps[0].tasksRunning === 1);
  assert(ids((await client.tasks.getList()).tasks).includes(task.id));
  told("create");
}

async function scale(app) {
  const [task] = await tasksOf(app);
  const answer = await client.app.update(app, { instances: 2 });
  assert(answer.deploymentId && answer.version);
  assert(ids(await running(app, 2)).includes(task.id));
  told("scale");
}

async function update(app) {
  const before = ids(await tasksOf(app));
  await client.app.update(app, { env: { A: "2" } });
  assert(none(before, ids(await running(app, 2))));
  assert.deepStrictEqual((await shown(app)).env, { A: "2" });
  const { versions } = await client.app.getVersions(app);
  assert.deepStrictEqual(versions, versions.slice().sort().reverse());
  assert.deepStrictEqual((await client.app.getVersion(app, versions[1])).env, { A: "1" });
  told("update");
  await client.app.update(app, { version: versions[1] });
  await running(app, 2);
  assert.deepStrictEqual((await shown(app)).env, { A: "1" });
  told("rollback");
  const now = ids(await tasksOf(app));
  await client.app.restart(app);
  assert(none(now, ids(await running(app, 2))));
  told("restart");
}

async function kill(app) {
  const [one, two] = await running(app, 2);
  assert.strictEqual((await client.app.killTask(app, one.id)).task.id, one.id);
  await until(async () => !ids(await tasksOf(app)).includes(one.id), "the killed task is gone");
  await running(app, 2);
  assert.deepStrictEqual(ids((await client.tasks.kill({ ids: [two.id] })).tasks), [two.id]);
  await until(async () => !ids(await tasksOf(app)).includes(two.id), "the killed task is gone");
  const both = ids(await running(app, 2));
  assert.deepStrictEqual(ids((await client.app.killTasks(app)).tasks).sort(), both.slice().sort());
  await until(async () => none(both, ids(await tasksOf(app))), "the killed tasks are gone");
  const [last] = await running(app, 2);
  assert((await client.tasks.kill({ ids: [last.id] }, true)).deploymentId);
  await running(app, 1);
  assert.strictEqual((await shown(app)).instances, 1);
  told("kill");
}

async function waitInVain(app) {
  const found = async () => (await client.deployments.getList()).find((one) => one.affectedApps.includes(app));
  await client.app.create({ id: app, cmd: SLEEP, cpus: 100000, mem: 16 });
  const item = await until(async () => (await client.queue.get()).queue.find((one) => one.app.id === app), "queued");
  assert(item.count === 1 && item.processedOffersSummary.processedOffersCount >= 1);
  const locked = await refused(409, () => client.app.update(app, { cpus: 90000 }));
  assert.strictEqual(locked.deployments[0].id, (await found()).id);
  await client.queue.resetDelay(app);
  await client.app.update(app, { cpus: 80000 }, true);
  assert((await client.deployments.destroy((await found()).id)).deploymentId);
  assert.strictEqual((await shown(app)).cpus, 100000);
  assert.strictEqual(await client.deployments.destroy((await found()).id, true), undefined);
  assert.strictEqual(await found(), undefined);
  await client.app.destroy(app, true);
  await until(async () => (await client.app.getList()).apps.every((one) => one.id !== app), "the app is gone");
  told("wait");
}

async function group(name) {
  const one = name + "/one";
  assert((await client.groups.create({ id: name, apps: [{ id: one, cmd: SLEEP, cpus: 0.1, mem: 16 }] })).deploymentId);
  await running(one, 1);
  assert.deepStrictEqual((await client.groups.getOne(name)).apps.map((app) => app.id), [one]);
  assert((await client.groups.getList()).groups.some((child) => child.id === prefix));
  await client.groups.update(name, { scaleBy: 2 });
  await running(one, 2);
  await client.groups.destroy(name);
  await settled();
  await refused(404, () => client.groups.getOne(name));
  told("group");
}

async function remove(app) {
  await refused(404, () => client.app.getOne(app + "/none"));
  const wrong = await refused(422, () => client.app.create({ id: app + "/bad", cpus: 0.1 }));
  assert.match(wrong.details[0].errors[0], /'cmd'/);
  assert((await client.app.destroy(app)).deploymentId);
  await settled();
  await refused(404, () => client.app.getOne(app));
  told("delete");
}

async function main() {
  const app = prefix + "/app";
  await about();
  const bus = await listen();
  const filtered = await listenForOne("deployment_success");
  await create(app);
  await scale(app);
  await update(app);
  await kill(app);
  await waitInVain(prefix + "/waits");
  await group(prefix + "/group");
  await remove(app);
  await until(() => EVENTS.every((type) => seen.has(type)), "events: " + EVENTS.filter((type) => !seen.has(type)));
  for (const [type, events] of seen) {
    assert(events.every((event) => event.eventType === type && /^\d{4}-.*\.\d{3}Z$/.test(event.timestamp)), type);
  }

  assert(filtered.types.length > 0 && filtered.types.every((type) => type === "deployment_success"), String(filtered.types));
  filtered.source.close();
  bus.unsubscribe();
  told("events");
}

main().then(() => {
  told("done");
  process.exit(0);
}, (error) => {
  process.stderr.write((error.stack || String(error)) + "\n");
  process.exit(1);
});
