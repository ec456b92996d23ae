using Edge.Tests.Support;

namespace Edge.Tests.EndToEnd;

/// <summary>A test that runs the native agent as a process; skipped, with the reason, where it was not published or a program is
/// missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresNativeFactAttribute : FactAttribute
{
    /// <summary>Names further programs as <see cref="RequiresFactAttribute"/> does; <c>npm:NAME</c> stands for a package of
    /// tests/npm.</summary>
    public RequiresNativeFactAttribute(params string[] needs)
    {
        Skip = File.Exists(DaemonProgram.NativeAgent)
            ? Missing(needs)
            : "needs the native agent: dotnet publish edge-agent/Agent -c Release -r linux-x64 -o artifacts/native";
    }

    private static string? Missing(string[] needs)
    {
        const string Npm = "npm:";
        string[] programs = [.. needs.Where(n => !n.StartsWith(Npm, StringComparison.Ordinal))];
        return needs.FirstOrDefault(n => n.StartsWith(Npm, StringComparison.Ordinal)) is { } package
            ? new RequiresNpmFactAttribute(package[Npm.Length..], programs).Skip
            : new RequiresFactAttribute(programs).Skip;
    }
}
