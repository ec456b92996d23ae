using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Edge.Agent.Containerizer;

/// <summary>The one place that builds paths below the agent's data directory.</summary>
/// <remarks>
/// <code>
/// &lt;data&gt;/                                            0755
///   keeper.sock  keeper.lock  keeper.log             the keeper of this node
///   meta/                                            0700, never seen by a task
///     containers/&lt;container&gt;/launch                  what to start (0600: it may hold secrets)
///     containers/&lt;container&gt;/side                    the command of its health check (0600 too)
///     containers/&lt;container&gt;/pod                     the containers of a pod; pod.0, pod.1: what each starts (0600 too)
///     containers/&lt;container&gt;/podend                  which of them ended first, and how
///     containers/&lt;container&gt;/run                     which process it became
///     containers/&lt;container&gt;/exit                    how it ended
///   slaves/&lt;agent&gt;/frameworks/&lt;fw&gt;/executors/&lt;ex&gt;/  0755
///     runs/latest -> &lt;container&gt;
///     runs/&lt;container&gt;/                               the sandbox, owned by the task's user
///       stdout  stderr
///       containers/&lt;name&gt;/stdout  stderr           of each container of a pod
/// </code>
/// Ids come from outside. An id of plain letters is its own folder name; any other byte is percent-encoded, and an id that would
/// be too long for a file name ends in its hash. Two ids never share a name, and no name is "." or ".." or holds a slash.
/// Source: apache/mesos docs/sandbox.md, src/slave/paths.cpp.
/// </remarks>
public sealed class ContainerPaths
{
    /// <summary>A folder name stays below the 255 bytes of every Linux file system.</summary>
    private const int MaxNameLength = 200;

    private const int KeptOfLongName = 120;
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:@+=,~";

    private static readonly SearchValues<char> s_plain = SearchValues.Create(Plain);

    private readonly string _agentId;

    /// <param name="dataDirectory">Made absolute; its path must leave room for a socket's name (at most 95 bytes).</param>
    /// <param name="agentId">The first folder of every sandbox; the keeper, which makes none, leaves it out.</param>
    public ContainerPaths(string dataDirectory, string agentId = "none")
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        Data = Path.GetFullPath(dataDirectory);
        _agentId = agentId;
    }

    /// <summary>The agent's data directory, absolute.</summary>
    public string Data { get; }

    public string KeeperSocket => Path.Combine(Data, "keeper.sock");

    public string KeeperLock => Path.Combine(Data, "keeper.lock");

    public string KeeperLog => Path.Combine(Data, "keeper.log");

    public string MetaRoot => Path.Combine(Data, "meta");

    public string ContainersMeta => Path.Combine(Data, "meta", "containers");

    public string Meta(string containerId) => Path.Combine(ContainersMeta, NameOf(containerId));

    public string LaunchFile(string containerId) => Path.Combine(Meta(containerId), "launch");

    /// <summary>The command that is run beside the container.</summary>
    public string SideFile(string containerId) => Path.Combine(Meta(containerId), "side");

    /// <summary>The list of a pod's containers.</summary>
    public string PodFile(string containerId) => Path.Combine(Meta(containerId), "pod");

    /// <summary>The sentence of the first container that ended.</summary>
    public string PodEndFile(string containerId) => Path.Combine(Meta(containerId), "podend");

    public string RunFile(string containerId) => Path.Combine(Meta(containerId), "run");

    public string ExitFile(string containerId) => Path.Combine(Meta(containerId), "exit");

    /// <summary>The root of what one agent id has left on this node; a new agent id starts a new tree.</summary>
    public string AgentRoot => Path.Combine(Data, "slaves", NameOf(_agentId));

    public string ExecutorRoot(string frameworkId, string executorId) =>
        Path.Combine(AgentRoot, "frameworks", NameOf(frameworkId), "executors", NameOf(executorId));

    public string Runs(string frameworkId, string executorId) => Path.Combine(ExecutorRoot(frameworkId, executorId), "runs");

    /// <summary>The working directory of a container.</summary>
    public string Sandbox(string frameworkId, string executorId, string containerId) =>
        Path.Combine(Runs(frameworkId, executorId), NameOf(containerId));

    /// <summary>The folder name that stands for an id: injective, one component, at most 200 bytes.</summary>
    public static string NameOf(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (id.Length <= MaxNameLength && id[0] != '.' && id.AsSpan().IndexOfAnyExcept(s_plain) < 0)
        {
            return id;
        }

        var bytes = Encoding.UTF8.GetBytes(id);
        var name = new StringBuilder(bytes.Length + 16);
        foreach (var value in bytes)
        {
            var isPlain = value < 0x80 && Plain.Contains((char)value, StringComparison.Ordinal) && !(name.Length == 0 && value == '.');
            _ = isPlain ? name.Append((char)value) : name.Append('%').Append(HexDigit(value >> 4)).Append(HexDigit(value & 15));
            if (name.Length > MaxNameLength)
            {
                // "%h" is no percent-encoding, so a shortened name never equals an unshortened one.
                return string.Concat(name.ToString(0, KeptOfLongName), "%h", Convert.ToHexStringLower(SHA256.HashData(bytes)));
            }
        }

        return name.ToString();
    }

    /// <summary>Null when an id may name something on this node, or the sentence that says why not.</summary>
    /// <param name="kind">What it identifies: "task", "container".</param>
    /// <remarks>Source: apache/mesos src/common/validation.cpp: no slash or backslash, no control character, not "." or "..", at most
    /// 255.</remarks>
    public static string? Validate(string kind, string? id)
    {
        const int max = 255;
        if (string.IsNullOrEmpty(id))
        {
            return $"the {kind} id is empty; it needs 1 to {max} characters";
        }

        if (id.Length > max)
        {
            return $"the {kind} id starting '{id[..32]}' has {id.Length} characters; at most {max} are allowed";
        }

        if (id is "." or "..")
        {
            return $"the {kind} id '{id}' is not allowed: it is the name of a folder";
        }

        foreach (var letter in id)
        {
            if (letter is '/' or '\\' || char.IsControl(letter))
            {
                return $"the {kind} id '{Printable(id)}' holds the character U+{(int)letter:X4}; "
                    + "slashes, backslashes and control characters are not allowed";
            }
        }

        return null;
    }

    private static string Printable(string id) => string.Concat(id.Select(c => char.IsControl(c) ? '?' : c));

    private static char HexDigit(int value) => "0123456789ABCDEF"[value];
}
