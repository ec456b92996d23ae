using Edge.Agent.Containerizer.Keeper;
using Edge.Agent.Containerizer.Pods;
using Edge.Agent.Native;

namespace Edge.Agent.Containerizer;

/// <summary>Prepares the sandbox and the launch file of a container, so that the keeper only has to start it.</summary>
internal sealed class SandboxMaker(ContainerPaths paths, AgentCommand command)
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const uint OwnerOnly = 0x180; // 0600: the environment may hold secrets.

    private const UnixFileMode Traversable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes everything; null, or the sentence that says what is wrong.</summary>
    public string? Prepare(ContainerSpec spec)
    {
        var problem = ContainerPaths.Validate("container", spec.ContainerId)
            ?? ContainerPaths.Validate("framework", spec.FrameworkId)
            ?? ContainerPaths.Validate("executor", spec.ExecutorId)
            ?? (spec.Members.Count == 0 ? Validate(spec) : spec.Members.Select(m => Validate(m.Spec)).FirstOrDefault(p => p is not null));
        if (problem is not null)
        {
            return problem;
        }

        if (FindUser(spec, out var user) is { } unknown)
        {
            return unknown;
        }

        var sandbox = paths.Sandbox(spec.FrameworkId, spec.ExecutorId, spec.ContainerId);
        try
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(sandbox)!, Traversable); // It lies below the data directory.
            _ = Directory.CreateDirectory(sandbox, Own);
            _ = Directory.CreateDirectory(paths.Meta(spec.ContainerId), Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot make the sandbox '{sandbox}': {e.Message}";
        }

        if (user is not null && LibcFiles.ChangeOwner(sandbox, user.Uid, user.Gid) != 0)
        {
            return $"cannot give the sandbox to user '{user.Name}': {Libc.Describe(Libc.LastError)}";
        }

        PointLatest(sandbox);
        return spec.Members.Count == 0
            ? Write(paths.LaunchFile(spec.ContainerId), Launch(spec, sandbox, user))
            : PreparePod(spec, sandbox);
    }

    /// <summary>Makes what each container of a pod starts, and last the launch of the pod mode that starts them.</summary>
    private string? PreparePod(ContainerSpec spec, string sandbox)
    {
        for (var i = 0; i < spec.Members.Count; i++)
        {
            var member = spec.Members[i];
            if ((FindUser(member.Spec, out var user) ?? MakeFolders(member, sandbox, user)) is { } problem)
            {
                return $"container '{member.Name}': {problem}";
            }

            var own = Path.Combine(sandbox, PodFile.Folder, member.Name);
            var launch = Launch(member.Spec, sandbox, user) with
            {
                StandardOutput = Path.Combine(own, "stdout"),
                StandardError = Path.Combine(own, "stderr"),
            };
            if (Write(PodFile.LaunchOf(paths.PodFile(spec.ContainerId), i), launch) is { } unwritten)
            {
                return $"container '{member.Name}': {unwritten}";
            }
        }

        var list = PodFile.Encode([.. spec.Members.Select(m => (m.Name, m.Grace))]);
        var executor = Launch(spec with { Shell = false, Value = AgentCommand.Self, Environment = [] }, sandbox, null) with
        {
            Arguments = [command.Executable, .. command.Arguments, "pod", paths.PodFile(spec.ContainerId)],
            Environment = [$"{ProcessTree.Mark}={spec.ContainerId}", .. KeeperEnvironment.Variables()],
        };
        return DurableFile.Write(paths.PodFile(spec.ContainerId), list, OwnerOnly, isSynced: false)
            ?? Write(paths.LaunchFile(spec.ContainerId), executor);
    }

    private static string? MakeFolders(ContainerMember member, string sandbox, UserAccount? user)
    {
        foreach (var folder in member.Folders.Append(Path.Combine(PodFile.Folder, member.Name)))
        {
            var path = Path.GetFullPath(Path.Combine(sandbox, folder));
            if (!path.StartsWith(sandbox + "/", StringComparison.Ordinal))
            {
                return $"the folder '{folder}' is not in the sandbox";
            }

            try
            {
                _ = Directory.CreateDirectory(path, Traversable);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"cannot make the folder '{path}': {e.Message}";
            }

            if (user is not null && LibcFiles.ChangeOwner(path, user.Uid, user.Gid) != 0)
            {
                return $"cannot give the folder '{path}' to user '{user.Name}': {Libc.Describe(Libc.LastError)}";
            }
        }

        return null;
    }

    /// <summary>Makes the launch file of a command beside a container that runs; null, or the sentence that says what is wrong.</summary>
    public string? PrepareSide(ContainerSpec spec)
    {
        if ((FindUser(spec, out var user) ?? Validate(spec)) is { } problem)
        {
            return problem;
        }

        var launch = Launch(spec, paths.Sandbox(spec.FrameworkId, spec.ExecutorId, spec.ContainerId), user);
        return Write(paths.SideFile(spec.ContainerId), launch with { StandardOutput = "/dev/null", StandardError = "/dev/null" });
    }

    /// <summary>The user to become: null for the agent's own. Someone else's user needs root; the same user needs nothing.</summary>
    private static string? FindUser(ContainerSpec spec, out UserAccount? user)
    {
        user = spec.User is null ? null : UserAccount.Find(spec.User);
        if (spec.User is not null && user is null)
        {
            return $"the user '{spec.User}' does not exist on this node";
        }

        user = user?.Uid == Libc.GetEffectiveUid() ? null : user;
        return null;
    }

    private static string? Write(string path, LaunchFile launch)
    {
        var bytes = launch.Encode();
        return bytes.Length > LaunchFile.MaxBytes
            ? $"command and environment take {bytes.Length} bytes; at most {LaunchFile.MaxBytes} are allowed"
            : DurableFile.Write(path, bytes, OwnerOnly, isSynced: false);
    }

    private static string? Validate(ContainerSpec spec)
    {
        if (spec.Value.Length == 0 || spec.Value.Contains('\0', StringComparison.Ordinal))
        {
            return "the command is empty or holds a NUL character";
        }

        if (spec.Arguments.Any(a => a.Contains('\0', StringComparison.Ordinal)))
        {
            return "an argument of the command holds a NUL character";
        }

        foreach (var (name, value) in spec.Environment)
        {
            if (name.Length == 0 || name.AsSpan().IndexOfAny('=', '\0') >= 0 || value.Contains('\0', StringComparison.Ordinal))
            {
                return $"the environment variable '{name.Replace('\0', '?')}' is not allowed: "
                    + "a name is not empty and holds no '=', no NUL is in it";
            }
        }

        return null;
    }

    private static LaunchFile Launch(ContainerSpec spec, string sandbox, UserAccount? user)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = DefaultPath };
        foreach (var (name, value) in spec.Environment)
        {
            environment[name] = value;
        }

        environment[ProcessTree.Mark] = spec.ContainerId;
        return new LaunchFile(
            spec.ContainerId,
            spec.Shell ? "/bin/sh" : spec.Value,
            spec.Shell ? ["sh", "-c", spec.Value] : spec.Arguments.Count > 0 ? spec.Arguments : [spec.Value],
            [.. environment.Select(e => $"{e.Key}={e.Value}")],
            sandbox,
            Path.Combine(sandbox, "stdout"),
            Path.Combine(sandbox, "stderr"),
            user?.Uid,
            user?.Gid ?? 0,
            user?.Groups ?? [],
            [.. spec.Limits.Select(l => ((int)l.Kind, l.Soft ?? ulong.MaxValue, l.Hard ?? ulong.MaxValue))],
            spec.NoNewPrivileges);
    }

    /// <summary>Moves the link <c>runs/latest</c>; a convenience, so its failure is no failure of the launch.</summary>
    private static void PointLatest(string sandbox)
    {
        var link = Path.Combine(Path.GetDirectoryName(sandbox)!, "latest");
        var temporary = link + ".new";
        File.Delete(temporary);
        if (LibcFiles.Symlink(Path.GetFileName(sandbox), temporary) == 0)
        {
            _ = LibcFiles.Rename(temporary, link);
        }
    }
}
