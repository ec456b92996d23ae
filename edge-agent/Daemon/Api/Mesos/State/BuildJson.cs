using System.Globalization;
using System.Text.Json;
using Edge.Daemon.Mapping;

namespace Edge.Daemon.Api.Mesos.State;

/// <summary>Which software answers, as <c>/version</c> and the states write it.</summary>
internal static class BuildJson
{
    /// <summary>The build is as old as its file.</summary>
    private static readonly DateTimeOffset s_builtAt =
        Environment.ProcessPath is { } path && File.Exists(path) ? File.GetLastWriteTimeUtc(path) : DateTimeOffset.UnixEpoch;

    /// <summary>Writes the fields; within an object.</summary>
    public static void Write(Utf8JsonWriter json, MesosIdentity identity)
    {
        json.WriteString("version", identity.Version);
        json.WriteString("build_date", s_builtAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        json.WriteNumber("build_time", Math.Floor(StatusMapping.ToSeconds(s_builtAt)));
        json.WriteString("build_user", "edge");
    }
}
