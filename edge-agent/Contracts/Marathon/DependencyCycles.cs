using System.Collections.Immutable;

namespace Edge.Contracts.Marathon;

/// <summary>Finds apps that wait for each other in a circle.</summary>
/// <remarks>An app depends on apps and groups, and inherits what the groups around it depend on; to depend on a group is to depend on
/// every app below it. Source: Marathon 1.10, RootGroup.applicationDependencies.</remarks>
public static class DependencyCycles
{
    /// <summary>How many circles are told at most; one is reason enough to refuse.</summary>
    public const int Max = 16;

    /// <summary>What Marathon answers when there is one.</summary>
    public const string Text = "Dependency graph has cyclic dependencies.";

    /// <summary>Finds circles.</summary>
    /// <param name="apps">Every app by its canonical path, and the canonical paths that it depends on; absent ones are ignored.</param>
    /// <param name="groups">The groups that depend on something; others need not be there.</param>
    /// <returns>Each circle as the apps in the order of depending, the smallest path first; deterministic; at most
    /// <see cref="Max"/>, and empty only when there is none. Time grows with apps and dependencies, not with their
    /// product.</returns>
    public static ImmutableArray<ImmutableArray<string>> Find(
        IReadOnlyDictionary<string, IReadOnlyCollection<string>> apps,
        IReadOnlyDictionary<string, IReadOnlyCollection<string>> groups)
    {
        ArgumentNullException.ThrowIfNull(apps);
        ArgumentNullException.ThrowIfNull(groups);
        return new Search(apps, groups).Run();
    }

    // An app leads to its dependencies and to the group around it (Around), which leads to what it depends on and further out.
    // A dependency on a group leads to the group (Whole), which leads inwards, to every app below it. So no product is formed.
    private enum Kind
    {
        App,
        Around,
        Whole,
    }

    private readonly record struct Place(Kind Kind, string Path);

    private sealed class Search(
        IReadOnlyDictionary<string, IReadOnlyCollection<string>> apps, IReadOnlyDictionary<string, IReadOnlyCollection<string>> groups)
    {
        private readonly Dictionary<string, List<Place>> _inside = Inside(apps.Keys);
        private readonly Dictionary<Place, bool> _done = [];
        private readonly List<(Place Place, List<Place> Next, int Taken)> _trail = [];
        private readonly SortedDictionary<string, ImmutableArray<string>> _found = new(StringComparer.Ordinal);

        public ImmutableArray<ImmutableArray<string>> Run()
        {
            foreach (var path in apps.Keys.Order(StringComparer.Ordinal))
            {
                if (_found.Count < Max)
                {
                    Visit(new Place(Kind.App, path));
                }
            }

            return [.. _found.Values];
        }

        private void Visit(Place start)
        {
            Enter(start);
            while (_trail.Count > 0 && _found.Count < Max)
            {
                var (place, next, taken) = _trail[^1];
                if (taken == next.Count)
                {
                    _done[place] = true;
                    _trail.RemoveAt(_trail.Count - 1);
                    continue;
                }

                _trail[^1] = (place, next, taken + 1);
                Enter(next[taken]);
            }
        }

        private void Enter(Place place)
        {
            if (!_done.TryGetValue(place, out var done))
            {
                _done[place] = false;
                _trail.Add((place, Next(place), 0));
            }
            else if (!done)
            {
                Note(_trail.FindLastIndex(t => t.Place == place));
            }
        }

        private void Note(int from)
        {
            var circle = _trail.Skip(from).Where(t => t.Place.Kind == Kind.App).Select(t => t.Place.Path).ToArray();
            if (circle.Length > 0)
            {
                var first = Array.IndexOf(circle, circle.Min(StringComparer.Ordinal));
                ImmutableArray<string> turned = [.. circle[first..], .. circle[..first]];
                _found[string.Join(' ', turned)] = turned;
            }
        }

        private List<Place> Next(Place place) => place.Kind switch
        {
            Kind.App => [.. Targets(apps[place.Path]), new Place(Kind.Around, AppPath.Parent(place.Path))],
            Kind.Around when place.Path == AppPath.Root => [.. Targets(groups.GetValueOrDefault(place.Path) ?? [])],
            Kind.Around =>
                [.. Targets(groups.GetValueOrDefault(place.Path) ?? []), new Place(Kind.Around, AppPath.Parent(place.Path))],
            Kind.Whole => _inside.GetValueOrDefault(place.Path) ?? [],
        };

        private IEnumerable<Place> Targets(IReadOnlyCollection<string> paths) => paths.Order(StringComparer.Ordinal)
            .Where(p => apps.ContainsKey(p) || _inside.ContainsKey(p))
            .Select(p => new Place(apps.ContainsKey(p) ? Kind.App : Kind.Whole, p));

        private static Dictionary<string, List<Place>> Inside(IEnumerable<string> apps)
        {
            var inside = new Dictionary<string, List<Place>>(StringComparer.Ordinal);
            foreach (var path in apps.Order(StringComparer.Ordinal))
            {
                var child = new Place(Kind.App, path);
                while (child.Path != AppPath.Root)
                {
                    var group = AppPath.Parent(child.Path);
                    var known = inside.TryGetValue(group, out var children);
                    children ??= inside[group] = [];
                    children.Add(child);
                    if (known)
                    {
                        break;
                    }

                    child = new Place(Kind.Whole, group);
                }
            }

            return inside;
        }
    }
}
