namespace Edge.Tests.Support;

/// <summary>A test that needs programs from outside; it is skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresFactAttribute : FactAttribute
{
    /// <summary>Names the programs (found on the PATH) that the test runs; <c>root</c> stands for the user with id 0.</summary>
    public RequiresFactAttribute(params string[] programs)
    {
        var missing = programs.Where(p => p == "root" ? !IsRoot : Find(p) is null).ToArray();
        if (missing.Length > 0)
        {
            Skip = $"needs {string.Join(", ", missing)}, which this machine does not have";
        }
    }

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>The full path of a program on the PATH, or null.</summary>
    internal static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
