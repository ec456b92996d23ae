"""Drives /v2 with Debian's python3-marathon (0.13.0, unmodified), step by step, and tells each step that held on stdout.

The package reads strictly: any key that it does not know in an app, a task, a group, a deployment, a queue item or the info raises
TypeError, and so does a time with more than three decimals. So each call here is a check of the keys, too.

What it cannot do with any Marathon since 1.8: read the events of deployments whose plan is light (no "original", no "target"); those
types are left out of what is listened to, as everybody who uses the package does. Its rollback_group() sends PUT to a path that no
Marathon of this age has, and get_metrics() wants JSON where Prometheus' text is; neither is called.

Usage: python-marathon-run.py URL PREFIX   (PREFIX: a group of the run's own, such as /python)
Exit: 0 every step held, 1 one did not: the traceback is on stderr.
"""

import sys
import threading
import time

from marathon import MarathonClient
from marathon.exceptions import ConflictError, MarathonHttpError, NotFoundError
from marathon.models import MarathonApp, MarathonConstraint, MarathonGroup, MarathonHealthCheck
from marathon.models.app import PortDefinition

EVENTS = ["event_stream_attached", "api_post_event", "status_update_event", "instance_changed_event", "group_change_success",
          "deployment_success", "app_terminated_event", "health_status_changed_event", "instance_health_changed_event"]
SLEEP = "exec sleep 1000"
WAIT_SECONDS = 60


def told(step):
    print(step, flush=True)


def until(holds, what):
    end = time.monotonic() + WAIT_SECONDS
    while True:
        value = holds()
        if value:
            return value
        assert time.monotonic() < end, "not in time: " + what
        time.sleep(0.05)


def raises(kind, status, call):
    try:
        call()
    except kind as error:
        assert error.status_code == status, (error.status_code, error)
        return error
    raise AssertionError("no " + kind.__name__)


class Run:
    def __init__(self, url, prefix):
        self.client = MarathonClient(url)
        self.prefix = prefix
        self.seen = []
        self.failure = None

    def settled(self):
        until(lambda: not self.client.list_deployments(), "no deployment is left")

    def running(self, app, count):
        self.settled()
        return until(lambda: (lambda t: t if len(t) == count and all(x.state == "TASK_RUNNING" and x.started_at for x in t) else None)
                     (self.client.list_tasks(app)), "%d tasks of %s" % (count, app))

    def listen(self):
        try:
            for event in self.client.event_stream(event_types=EVENTS):
                self.seen.append(event)
        except Exception as error:  # The main thread asks for it.
            self.failure = error

    def types(self):
        assert self.failure is None, self.failure
        return {type(event).__name__ for event in self.seen}

    def about(self):
        assert self.client.ping() == b'"pong"'
        info = self.client.get_info()
        assert info.name == "marathon" and info.elected and info.framework_id and info.version.count(".") == 2, info
        assert info.marathon_config.features is not None and info.http_config.http_port > 0
        assert ":" in self.client.get_leader()["leader"]
        threading.Thread(target=self.listen, daemon=True).start()
        until(lambda: "MarathonEventStreamAttached" in self.types(), "the event stream is open")
        told("about")

    def create(self, app):
        definition = MarathonApp(
            cmd=SLEEP, cpus=0.1, mem=16, instances=1, env={"A": "1"}, labels={"made": "python"},
            constraints=[MarathonConstraint("hostname", "LIKE", ".*")],
            port_definitions=[PortDefinition(port=0, protocol="tcp", name="web", labels={"x": "y"})],
            health_checks=[MarathonHealthCheck(
                protocol="COMMAND", command="true", grace_period_seconds=5, interval_seconds=1, delay_seconds=0, timeout_seconds=5,
                max_consecutive_failures=3)])
        made = self.client.create_app(app, definition)
        assert made.id == app and made.tasks_running == 0 and len(made.deployments) == 1, made
        raises(ConflictError, 409, lambda: self.client.create_app(app, definition))
        task = self.running(app, 1)[0]
        assert task.app_id == app and len(task.ports) == 1 and len(task.service_ports) == 1 and task.ip_addresses, task
        until(lambda: self.client.get_app(app).tasks_healthy == 1, "the task is healthy")
        assert self.client.list_tasks(app)[0].health_check_results[0].alive
        told("create")

    def read(self, app):
        everything = dict(embed_tasks=True, embed_counts=True, embed_deployments=True, embed_readiness=True,
                          embed_last_task_failure=True, embed_failures=True, embed_task_stats=True)
        one = self.client.get_app(app, **everything)
        assert one.tasks_running == 1 and one.tasks_healthy == 1 and len(one.tasks) == 1 and one.env == {"A": "1"}, one
        assert one.task_stats.total_summary.stats.counts.running == 1
        assert one.version_info.last_scaling_at is not None
        named = self.client.list_apps(app_id=app, label="made==python", cmd="sleep", **everything)
        assert [a.id for a in named] == [app], named
        assert not self.client.list_apps(label="made==ruby")
        assert any(t.app_id == app for t in self.client.list_tasks())
        assert any(e.app_id == app for e in self.client.list_endpoints())
        told("read")

    def scale(self, app):
        self.client.scale_app(app, instances=3)
        self.running(app, 3)
        self.client.scale_app(app, delta=-1)
        self.running(app, 2)
        told("scale")

    def update(self, app):
        before = {t.id for t in self.client.list_tasks(app)}
        self.client.update_app(app, MarathonApp(env={"A": "2"}))
        after = {t.id for t in self.running(app, 2)}
        assert not before & after, (before, after)
        assert self.client.get_app(app).env == {"A": "2"}
        versions = self.client.list_versions(app)
        assert len(versions) >= 2 and versions == sorted(versions, reverse=True), versions
        first = versions[1]
        assert self.client.get_version(app, first).env == {"A": "1"}
        self.client.rollback_app(app, first)
        self.running(app, 2)
        assert self.client.get_app(app).env == {"A": "1"}
        before = {t.id for t in self.client.list_tasks(app)}
        self.client.restart_app(app)
        assert not before & {t.id for t in self.running(app, 2)}
        self.client.update_apps([MarathonApp(id=app, labels={"made": "python", "many": "yes"})])
        self.running(app, 2)
        assert self.client.get_app(app).labels["many"] == "yes"
        told("update")

    def kill(self, app):
        one, two = self.running(app, 2)
        assert self.client.kill_task(app, one.id).id == one.id
        until(lambda: one.id not in {t.id for t in self.client.list_tasks(app)}, "the killed task is gone")
        self.running(app, 2)
        assert self.client.kill_given_tasks([two.id])
        until(lambda: two.id not in {t.id for t in self.client.list_tasks(app)}, "the killed task is gone")
        tasks = self.running(app, 2)
        assert {t.id for t in self.client.kill_tasks(app)} == {t.id for t in tasks}
        until(lambda: not {t.id for t in tasks} & {t.id for t in self.client.list_tasks(app)}, "the killed tasks are gone")
        one = self.running(app, 2)[0]
        assert "deploymentId" in self.client.kill_task(app, one.id, scale=True)
        self.running(app, 1)
        assert self.client.get_app(app).instances == 1
        raises(NotFoundError, 404, lambda: self.client.kill_task(app, "none"))
        told("kill")

    def wait_in_vain(self, app):
        self.client.create_app(app, MarathonApp(cmd=SLEEP, cpus=100000, mem=16, instances=1))
        item = until(lambda: next((q for q in self.client.list_queue(embed_last_unused_offers=True) if q.app.id == app), None), "queued")
        assert item.count == 1 and item.processed_offers_summary["processedOffersCount"] >= 1, item
        deployment = next(d for d in self.client.list_deployments() if app in d.affected_apps)
        assert deployment.steps[0].actions[0].action and deployment.total_steps >= 1 and deployment.current_actions, deployment
        raises(ConflictError, 409, lambda: self.client.update_app(app, MarathonApp(cpus=90000)))
        self.client.reset_delay(app)
        self.client.update_app(app, MarathonApp(cpus=80000), force=True)
        (deployment,) = [d for d in self.client.list_deployments() if app in d.affected_apps]
        assert "deploymentId" in self.client.delete_deployment(deployment.id)
        until(lambda: self.client.get_app(app).cpus == 100000, "the deployment is taken back")
        (deployment,) = [d for d in self.client.list_deployments() if app in d.affected_apps]
        assert self.client.delete_deployment(deployment.id, force=True) == {}
        assert not [d for d in self.client.list_deployments() if app in d.affected_apps]
        self.client.delete_app(app, force=True)
        until(lambda: app not in {a.id for a in self.client.list_apps()}, "the app is gone")
        told("wait")

    def group(self, group):
        inner = MarathonApp(id=group + "/one", cmd=SLEEP, cpus=0.1, mem=16, instances=1)
        assert "deploymentId" in self.client.create_group(MarathonGroup(id=group, apps=[inner]))
        self.running(group + "/one", 1)
        shown = self.client.get_group(group)
        assert shown.id == group and [a.id for a in shown.apps] == [group + "/one"], shown
        assert any(g.id == self.prefix for g in self.client.list_groups())
        self.client.scale_group(group, 2)
        self.running(group + "/one", 2)
        assert "deploymentId" in self.client.delete_group(group)
        self.settled()
        raises(NotFoundError, 404, lambda: self.client.get_group(group))
        told("group")

    def errors(self, app):
        raises(NotFoundError, 404, lambda: self.client.get_app(app + "/none"))
        error = raises(MarathonHttpError, 422, lambda: self.client.create_app(app + "/bad", MarathonApp(cpus=0.1)))
        assert "cmd" in str(error.error_details), error.error_details
        told("errors")

    def delete(self, app):
        assert "deploymentId" in self.client.delete_app(app)
        self.settled()
        raises(NotFoundError, 404, lambda: self.client.get_app(app))
        wanted = {"MarathonApiPostEvent", "MarathonStatusUpdateEvent", "MarathonInstanceChangedEvent", "MarathonDeploymentSuccess",
                  "MarathonGroupChangeSuccess", "MarathonAppTerminatedEvent", "MarathonHealthStatusChangedEvent",
                  "MarathonInstanceHealthChangedEvent"}
        until(lambda: wanted <= self.types(), "events: " + ", ".join(wanted - self.types()))
        told("delete")

    def all(self):
        app = self.prefix + "/app"
        self.about()
        self.create(app)
        self.read(app)
        self.scale(app)
        self.update(app)
        self.kill(app)
        self.wait_in_vain(self.prefix + "/waits")
        self.group(self.prefix + "/group")
        self.errors(app)
        self.delete(app)


if __name__ == "__main__":
    Run(sys.argv[1], sys.argv[2]).all()
    told("done")
