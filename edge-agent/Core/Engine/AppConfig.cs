using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>What an app runs: its owner's definition under the site's override.</summary>
internal static class AppConfig
{
    /// <summary>The field that only says how many; a change of it restarts nothing.</summary>
    public const string Instances = "instances";

    /// <summary>The definition that runs here.</summary>
    public static AppDefinition Effective(AppDefinition definition, AppOverride? change) =>
        change is null ? definition : definition.With(change.Fields);

    /// <summary>Derives what depends on the definition and the override.</summary>
    public static App Derive(Transition transition, App app)
    {
        var effective = Effective(app.Definition, app.Override);
        return app with { Spec = transition.Context.Apps.Read(effective), ConfigHash = Hash(effective, app.Restarts) };
    }

    /// <summary>Names what an instance runs: equal for definitions that differ only in how many.</summary>
    public static string Hash(AppDefinition definition, long restarts)
    {
        var text = new StringBuilder(256).Append(restarts.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in definition.Fields)
        {
            if (name != Instances)
            {
                text.Append('\n').Append(name).Append('=').Append(value);
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
    }

    /// <summary>The fields that differ between two definitions, by name.</summary>
    public static IEnumerable<string> Differences(AppDefinition before, AppDefinition after) =>
        before.Fields.Keys.Union(after.Fields.Keys, StringComparer.Ordinal)
            .Where(field => before[field] != after[field])
            .Order(StringComparer.Ordinal);

    /// <summary>The start of the ids of an app's instances: <c>/edge/web</c> becomes <c>edge_web</c>.</summary>
    public static string IdPrefix(AppId app) => app.Value.TrimStart('/').Replace('/', '_');

    /// <summary>Adds a version to an app's history.</summary>
    public static ImmutableArray<AppVersion> Remember(ImmutableArray<AppVersion> versions, AppVersion version, int max) =>
        versions.Length < max ? versions.Insert(0, version) : versions.RemoveAt(versions.Length - 1).Insert(0, version);
}
