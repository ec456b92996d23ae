using System.Globalization;
using Edge.Core.Engine;

namespace Edge.Daemon.Mapping;

/// <summary>The environment of a pod's container. Its own variables stand above the pod's, and these above all of the others.</summary>
/// <remarks>Source: Marathon, TaskGroupBuilder; docs/networking.md for the ports. On the host's network a container's port is the host's.
/// Each container is told the endpoints of all, since they are neighbours.</remarks>
internal static class PodEnvironment
{
    /// <summary>The variables by name, in no order that matters.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Build(AppFields fields, PodPart part, AppTaskRequest request)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["MARATHON_APP_ID"] = request.Slot.App.Value,
            ["MARATHON_APP_VERSION"] = Contracts.Marathon.MarathonTime.Format(request.Slot.Version),
            ["MARATHON_CONTAINER_ID"] = part.Name,
            ["MARATHON_CONTAINER_RESOURCE_CPUS"] = AppEnvironment.Number(part.Resource("cpus")),
            ["MARATHON_CONTAINER_RESOURCE_MEM"] = AppEnvironment.Number(part.Resource("mem")),
            ["MARATHON_CONTAINER_RESOURCE_DISK"] = AppEnvironment.Number(part.Resource("disk")),
            ["MARATHON_CONTAINER_RESOURCE_GPUS"] = part.Resource("gpus").ToString(CultureInfo.InvariantCulture),
            ["MESOS_TASK_ID"] = PodTasks.ContainerId(request.Id.Value, part.Name),
            ["HOST"] = request.Hostname,
        };
        AppEnvironment.AddLabels(result, fields.Texts("labels").AddRange(
            AppFields.Texts(AppFields.Get(part.Fields, "labels")).Where(l => !fields.Texts("labels").ContainsKey(l.Key))));
        foreach (var endpoints in PodFields.Containers(fields))
        {
            for (var i = 0; i < endpoints.Endpoints.Length && endpoints.FirstPort + i < request.Slot.Ports.Length; i++)
            {
                var name = AppEnvironment.Sanitize(endpoints.Endpoints[i].Name);
                var port = request.Slot.Ports[endpoints.FirstPort + i].ToString(CultureInfo.InvariantCulture);
                result["ENDPOINT_" + name] = port;
                result["EP_HOST_" + name] = port;
                result["EP_CONTAINER_" + name] = port;
            }
        }

        foreach (var (name, value) in fields.Texts("environment").Concat(
            AppFields.Texts(AppFields.Get(part.Fields, "environment"))))
        {
            result[name] = value;
        }

        return result;
    }
}
