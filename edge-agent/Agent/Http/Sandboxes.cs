using Edge.Agent.Containerizer;
using Edge.Core.Model;
using Edge.Daemon.Api.Mesos;
using Edge.Daemon.Gateway;

namespace Edge.Agent.Http;

/// <summary>Finds the folders of the tasks that this node knows.</summary>
internal sealed class Sandboxes(IClusterGateway engine, ContainerPaths paths) : ISandboxDirectory
{
    /// <inheritdoc/>
    public string? Find(ContainerId container)
    {
        var task = engine.Snapshot.Tasks.Values.FirstOrDefault(t => t.Container == container);
        if (task is null)
        {
            return null;
        }

        var folder = paths.Sandbox(task.Key.Framework.Value, task.Executor.Value, container.Value);
        return Directory.Exists(folder) ? folder : null;
    }
}
