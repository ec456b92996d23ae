namespace Edge.Tests.EndToEnd;

/// <summary>A test that runs the native agent and a package of Debian's Python; skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresPythonFactAttribute : FactAttribute
{
    /// <summary>Debian's own; another one, which may come first on the PATH, does not see Debian's packages.</summary>
    public const string Interpreter = "/usr/bin/python3";

    /// <summary>Names the module, which is also the package behind <c>python3-</c>.</summary>
    public RequiresPythonFactAttribute(string module)
    {
        Skip = new RequiresNativeFactAttribute().Skip;
        if (Skip is null && !(File.Exists(Interpreter) && Directory.Exists($"/usr/lib/python3/dist-packages/{module}")))
        {
            Skip = $"needs the package python3-{module}, which this machine does not have";
        }
    }
}
