namespace Edge.Tests.Support;

/// <summary>A test that runs an npm package; it is skipped, with the reason, where Node.js or the package is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresNpmFactAttribute : FactAttribute
{
    /// <summary>Names the package, as in tests/npm/package.json, and further programs.</summary>
    public RequiresNpmFactAttribute(string package, params string[] programs)
    {
        Skip = new RequiresFactAttribute(["node", .. programs]).Skip;
        if (Skip is null && !Directory.Exists(Repository.PathTo("tests", "npm", "node_modules", package)))
        {
            Skip = $"needs the npm package {package}: run 'npm install' in tests/npm";
        }
    }
}
