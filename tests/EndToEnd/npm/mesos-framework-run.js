"use strict";

/*
 * Runs the Scheduler of the npm package mesos-framework (0.5.3, unmodified) against a Mesos v1 master and tells on stdout, one JSON
 * object per line, every event that it sees. Used by the end-to-end tests; also handy by hand (see --help).
 *
 * What the package puts on the wire (captured byte by byte, Node 20):
 *  - Every call is `POST /api/v1/scheduler HTTP/1.1` with, in this order: `Content-Type: application/json`, `mesos-stream-id: ...`
 *    (lower case; absent on SUBSCRIBE), `Host`, `Connection: keep-alive`, `Transfer-Encoding: chunked`. No Accept, no Content-Length,
 *    no User-Agent. Head, the body as one chunk, and the closing chunk are written together.
 *  - SUBSCRIBE, ACCEPT and DECLINE name every optional field of their (old) messages, as null where unset:
 *    {"framework_id":null,"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"fw","id":null,
 *    "failover_timeout":604800,"checkpoint":null,"role":null,...,"capabilities":null,"labels":null}},"accept":null,"decline":null,...}
 *    So it has no capability at all: not partition-aware, no MULTI_ROLE; its role is the default one.
 *  - ACKNOWLEDGE, KILL, RECONCILE, REVIVE, TEARDOWN carry only what they need. Implicit reconciliation is {"tasks":[]}.
 *  - Resources of a task carry nulls too ("ranges":null,"role":null,...), and `shell`, `environment` with a HOST variable are set.
 *  - Re-subscription: framework_id and framework_info.id both carry the id; the stream id header is gone.
 *
 * What it needs back, and where it is picky:
 *  - Calls: status exactly 202. SUBSCRIBE: exactly 200 (or 307 with Location) and a mesos-stream-id header.
 *  - Each RecordIO record in one HTTP chunk that arrives in one piece up to and beyond the line break: the parser works per 'data'
 *    event, splits at "\n", and loses a record whose length line comes alone. A record larger than a socket read may come in pieces.
 *  - The length is compared with UTF-16 units, not bytes: a record with characters beyond ASCII looks incomplete and is dropped when
 *    the next one comes. JSON must therefore escape them (\u00fc).
 *  - offer.url.address.ip must be there, and status.agent_id; otherwise the handler throws and the offer (the update) is forgotten.
 *  - An update without uuid (reconciliation) is not acknowledged; every other is, at once, by the default handler.
 *  - While offers come it launches every second pending task of its list (it removes from the array that it walks), the next offer
 *    takes half of the rest. After ACCEPT the default filter of 5 s holds, so this script sends REVIVE while tasks are pending.
 *
 * What this script does itself, because the package cannot:
 *  - It notices a clean end of the stream and subscribes again, but not an aborted one (master killed), nor a refused connection: no
 *    event at all, or only 'error'. Then a new Scheduler is made here, with the framework id and the task lists of the old one.
 *  - Its own timeout (default 10 s, below the heartbeat of 15 s) ends in process.exit(1). It is set out of reach here; silence is
 *    watched here instead (--silence-seconds).
 *  - It logs to stdout from 'info' on; only its errors are let through, they go to stderr.
 */

const fs = require("fs");
const os = require("os");
const path = require("path");
const readline = require("readline");

const HELP = `mesos-framework-run.js --port PORT [options]
  --host HOST              the master (127.0.0.1)
  --tasks N                launch N short tasks, leave with 0 when all are TASK_FINISHED (0)
  --command TEXT           shell command of a short task (echo hello)
  --long-task              launch one task that runs on; go on until told on stdin
  --long-command TEXT      its shell command (while :; do sleep 1; done)
  --cpus N --mem N --ports N   of each task (0.1, 32, 0)
  --name NAME              framework name (edge-e2e); --user USER (root)
  --framework-id ID        subscribe with this id, as after a restart of the scheduler
  --failover-seconds N     framework failover timeout (604800)
  --restart-states A,B     states in which the package launches a task again (none)
  --silence-seconds N      without any event for so long, connect anew (45)
  --timeout-seconds N      give up with exit code 3 (300)
  --no-revive              do not clear the filters while tasks are pending
  --teardown               tear the framework down when the short tasks are finished
  --modules DIR            folder that holds node_modules (tests/npm)
stdin: kill [ID] | reconcile [ID] | revive | reconnect | teardown | stop
Exit: 0 done or stopped, 1 a short task ended otherwise, 2 wrong flags, 3 timeout, 4 ERROR event from the master.`;

const SWITCHES = ["long-task", "no-revive", "teardown", "help"];
const DEFAULTS = {
    "host": "127.0.0.1", "port": "", "tasks": "0", "command": "echo hello", "long-command": "while :; do sleep 1; done",
    "cpus": "0.1", "mem": "32", "ports": "0", "name": "edge-e2e", "user": "root", "framework-id": "", "failover-seconds": "604800",
    "restart-states": "", "silence-seconds": "45", "timeout-seconds": "300", "modules": path.join(__dirname, "..", "..", "npm")
};
const NUMBERS = ["port", "tasks", "cpus", "mem", "ports", "failover-seconds", "silence-seconds", "timeout-seconds"];

// What no later update of the same task changes. TASK_LOST is not among them: a lost agent may come back with the task.
const FINAL = ["TASK_FINISHED", "TASK_FAILED", "TASK_KILLED", "TASK_ERROR", "TASK_DROPPED", "TASK_GONE", "TASK_GONE_BY_OPERATOR"];
const RECONNECT_FIRST_MS = 250;
const RECONNECT_MOST_MS = 2000;
const FAR_AWAY_SECONDS = 1000000;

function readFlags(argv) {
    const flags = Object.assign({}, DEFAULTS);
    for (let i = 0; i < argv.length; i++) {
        const name = argv[i].replace(/^--/, "");
        if (SWITCHES.includes(name)) {
            flags[name] = true;
        } else if (name in DEFAULTS && i + 1 < argv.length) {
            flags[name] = argv[++i];
        } else {
            throw new Error(`unknown flag or missing value: '${argv[i]}'`);
        }
    }
    for (const name of NUMBERS) {
        const value = Number(flags[name]);
        if (!flags.help && (flags[name] === "" || !Number.isFinite(value) || value < 0)) {
            throw new Error(`--${name} is '${flags[name]}', allowed is a number from 0`);
        }
        flags[name] = value;
    }
    return flags;
}

let flags;
try {
    flags = readFlags(process.argv.slice(2));
} catch (error) {
    process.stderr.write(`${error.message}\n${HELP}\n`);
    process.exit(2);
}
if (flags.help) {
    process.stdout.write(HELP + "\n");
    process.exit(0);
}

const { Scheduler, Mesos } = require(require.resolve("mesos-framework", { paths: [flags.modules] }));
const messages = Mesos.getMesos();
const restartStates = flags["restart-states"].split(",").filter(Boolean);
const logFolder = fs.mkdtempSync(path.join(os.tmpdir(), "mesos-framework-"));

const states = new Map();       // task id -> last status
let scheduler = null;           // the Scheduler of the present connection
let backoffMs = RECONNECT_FIRST_MS;
let lastEventAt = Date.now();
let lastReviveAt = 0;
let unacknowledged = 0;
let leaving = false;
let shortTasksDone = false;

// One line per event; "at" is when this process saw it, in milliseconds since 1970.
function tell(type, fields) {
    process.stdout.write(JSON.stringify(Object.assign({ type: type, at: Date.now() }, fields)) + "\n");
}

function leave(code, why) {
    if (leaving) {
        return;
    }
    leaving = true;
    tell("EXIT", { code: code, why: why });
    fs.rmSync(logFolder, { recursive: true, force: true });
    process.exit(code);
}

function shellTask(command, instances) {
    return {
        instances: instances,
        commandInfo: new messages.CommandInfo(null, null, true, command, null, null),
        resources: { cpus: flags.cpus, mem: flags.mem, ports: flags.ports, disk: 0 }
    };
}

function allTasks() {
    const tasks = {};
    if (flags["long-task"]) {
        tasks.long = shellTask(flags["long-command"], 1);
    }
    if (flags.tasks > 0) {
        tasks.short = shellTask(flags.command, flags.tasks);
    }
    return tasks;
}

// Makes the Scheduler of one connection; a later one takes over what the one before it knew.
function connect(before) {
    const options = {
        masterUrl: flags.host, port: flags.port, useZk: false, user: flags.user, frameworkName: flags.name,
        frameworkFailoverTimeout: flags["failover-seconds"], masterConnectionTimeout: FAR_AWAY_SECONDS, restartStates: restartStates,
        logging: { path: logFolder, fileName: "scheduler.log", level: "error" }
    };
    if (!before) {
        options.tasks = allTasks();
    }
    const next = scheduler = new Scheduler(options);
    lastEventAt = Date.now();
    next.frameworkId = before ? before.frameworkId : flags["framework-id"] || null;
    if (before) {
        next.pendingTasks = before.pendingTasks;
        next.launchedTasks = before.launchedTasks;
        next.runtimeInfo = before.runtimeInfo;
    }
    listen(next);
    next.on("ready", function () {
        next.subscribe();
        watch(next, next.httpRequest);
    });
}

// Follows one SUBSCRIBE request to its end. The package may have started the next one by then; if not, a new Scheduler has to.
function watch(owner, request) {
    let why = "closed";
    request.on("response", function (response) {
        why = `closed after status ${response.statusCode}`;
        response.on("aborted", function () {
            why = "aborted";
        });
    });
    request.on("error", function (error) {
        why = error.code || error.message;
    });
    request.on("close", function () {
        if (owner !== scheduler || leaving) {
            return;
        }
        const again = owner.httpRequest !== request;
        tell("CLOSED", { why: why, resubscribed_by: again ? "package" : "script" });
        if (again) {
            watch(owner, owner.httpRequest);
        } else {
            reconnect(owner);
        }
    });
}

function reconnect(before) {
    // From here on nobody listens to the old one; its requests may still fail.
    scheduler = null;
    before.removeAllListeners();
    before.on("error", function () { });
    before.httpRequest.destroy();
    setTimeout(connect, backoffMs, before);
    backoffMs = Math.min(backoffMs * 2, RECONNECT_MOST_MS);
}

function listen(source) {
    const on = function (event, handler) {
        source.on(event, function (body) {
            lastEventAt = Date.now();
            handler(body);
        });
    };
    on("subscribed", function (body) {
        backoffMs = RECONNECT_FIRST_MS;
        unacknowledged = 0;
        tell("SUBSCRIBED", { framework_id: body.frameworkId, stream_id: body.mesosStreamId });
    });
    on("offers", function (body) {
        tell("OFFERS", {
            offers: body.offers.map(function (offer) {
                return { id: offer.id.value, agent_id: offer.agent_id.value, hostname: offer.hostname, resources: offer.resources };
            })
        });
        reviveSoon(source);
    });
    on("update", onUpdate);
    on("heartbeat", function () { tell("HEARTBEAT", {}); });
    on("rescind", function (body) { tell("RESCIND", { offer_id: body && body.offer_id && body.offer_id.value }); });
    on("failure", function (body) { tell("FAILURE", { failure: body }); });
    on("message", function (body) { tell("MESSAGE", { message: body }); });
    on("error", onError);
    for (const call of ["accept", "decline", "acknowledge", "kill", "reconcile", "revive", "teardown"]) {
        on("sent_" + call, function () { tell("SENT", { call: call.toUpperCase() }); });
    }
    on("sent_acknowledge", function () {
        unacknowledged--;
        finishWhenDone();
    });
    on("sent_teardown", function () { leave(0, "teardown"); });
}

function onUpdate(body) {
    const status = body.status;
    const value = function (id) { return id ? id.value : null; };
    states.set(status.task_id.value, status);
    unacknowledged += status.uuid ? 1 : 0;
    tell("UPDATE", {
        task_id: value(status.task_id), state: status.state, reason: status.reason || null, source: status.source || null,
        uuid: status.uuid || null, agent_id: value(status.agent_id), executor_id: value(status.executor_id),
        timestamp: status.timestamp === undefined ? null : status.timestamp, message: status.message || null, status: status
    });
    finishWhenDone();
}

// Errors are an Error from the master's ERROR event, an object of the package, or a bare text.
function onError(error) {
    const message = error && error.message ? error.message : String(error);
    // It may have been an acknowledgement; then its update comes, and counts, again.
    unacknowledged = 0;
    const fromMaster = message.startsWith("Error received from Mesos master: ");
    tell(fromMaster ? "ERROR" : "CLIENT_ERROR", { message: message });
    if (fromMaster) {
        leave(4, "ERROR event");
    }
}

// The name that the package gave a task: "short-7" of "edge-e2e.short-7.UUID".
function nameOf(taskId) {
    return taskId.slice(flags.name.replace(/ /g, "-").length + 1, -37);
}

function finishWhenDone() {
    if (flags.tasks === 0 || shortTasksDone) {
        return;
    }
    const finished = new Set();
    const failed = new Set();
    for (const [taskId, status] of states) {
        if (nameOf(taskId).startsWith("short-") && FINAL.includes(status.state) && !restartStates.includes(status.state)) {
            (status.state === "TASK_FINISHED" ? finished : failed).add(nameOf(taskId));
        }
    }
    const ended = new Set([...finished, ...failed]);
    if (ended.size < flags.tasks || unacknowledged > 0) {
        return;
    }
    shortTasksDone = true;
    tell("DONE", { finished: finished.size, failed: ended.size - finished.size });
    if (finished.size < flags.tasks) {
        leave(1, "not every short task finished");
    } else if (flags.teardown) {
        scheduler.teardown();
    } else if (!flags["long-task"]) {
        leave(0, "all short tasks finished");
    }
}

// At most one REVIVE a second: without it the rest would wait for the default filter to run out.
function reviveSoon(source) {
    const now = Date.now();
    if (flags["no-revive"] || now - lastReviveAt < 1000) {
        return;
    }
    lastReviveAt = now;
    setTimeout(function () {
        if (source === scheduler && source.pendingTasks.length > 0) {
            source.revive();
        }
    }, 300);
}

function agentOf(taskId) {
    const status = states.get(taskId);
    if (status && status.agent_id) {
        return status.agent_id.value;
    }
    const launched = scheduler.launchedTasks.find(function (task) { return task.taskId === taskId; });
    return launched && launched.runtimeInfo ? launched.runtimeInfo.agentId : null;
}

function longTaskId() {
    const launched = scheduler.launchedTasks.find(function (task) { return task.name.startsWith("long-"); });
    return launched ? launched.taskId : null;
}

function obey(text) {
    const [verb, given] = text.trim().split(/\s+/);
    if (verb === "stop") {
        leave(0, "stop");
    } else if (!scheduler || !scheduler.frameworkId) {
        tell("REFUSED", { command: text, why: "not subscribed" });
    } else if (verb === "kill") {
        const taskId = given || longTaskId();
        const agentId = taskId && agentOf(taskId);
        if (agentId) {
            scheduler.kill(taskId, agentId);
        } else {
            tell("REFUSED", { command: text, why: "no such task was launched" });
        }
    } else if (verb === "reconcile" && given) {
        scheduler.reconcile(given, agentOf(given) || "unknown");
    } else if (verb === "reconcile" || verb === "revive" || verb === "teardown") {
        scheduler[verb]();
    } else if (verb === "reconnect") {
        reconnect(scheduler);
    } else if (verb) {
        tell("REFUSED", { command: text, why: "allowed: kill [ID], reconcile [ID], revive, reconnect, teardown, stop" });
    }
}

setInterval(function () {
    if (scheduler && Date.now() - lastEventAt > flags["silence-seconds"] * 1000) {
        tell("SILENCE", { seconds: flags["silence-seconds"] });
        reconnect(scheduler);
    }
}, 500);
setTimeout(function () { leave(3, "timeout"); }, flags["timeout-seconds"] * 1000);
process.on("SIGTERM", function () { leave(0, "SIGTERM"); });

const input = readline.createInterface({ input: process.stdin });
input.on("line", obey);
// Whoever holds a long-running scheduler speaks to it by stdin; when he is gone nobody will stop it.
input.on("close", function () {
    if (flags["long-task"]) {
        leave(0, "stdin closed");
    }
});

connect(null);
