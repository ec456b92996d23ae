using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>The part of a state in the making that speaks of apps.</summary>
/// <remarks>Builders are made when something is written: a batch that touches no app pays nothing.</remarks>
internal sealed class AppTables(ClusterState start)
{
    private readonly Table<AppKey, App> _apps = new(start.Apps);
    private readonly Table<InstanceId, Instance> _instances = new(start.Instances);
    private readonly Table<string, Deployment> _deployments = new(start.Deployments);
    private readonly Table<AppId, AppGroup> _groups = new(start.Groups);
    private readonly Table<SiteKey, SiteOverride> _overrides = new(start.Overrides);
    private readonly Table<string, Conflict> _conflicts = new(start.Conflicts);
    private readonly Index<AppKey> _byApp = new(start.AppInstances);
    private readonly Index<NodeId> _byNode = new(start.NodeInstances);
    private readonly SortedSet<AppKey> _dirty = [];
    private ImmutableHashSet<AppKey> _waiting = start.WaitingApps;

    public DateTimeOffset LastVersion { get; private set; } = start.LastVersion;

    public IEnumerable<App> Apps => _apps.Values;

    public int AppCount => _apps.Count;

    public IEnumerable<Instance> Instances => _instances.Values;

    public IEnumerable<Deployment> Deployments => _deployments.Values;

    public int DeploymentCount => _deployments.Count;

    public IEnumerable<AppGroup> Groups => _groups.Values;

    public IEnumerable<SiteOverride> Overrides => _overrides.Values;

    public bool HasOverrides => _overrides.Count > 0;

    public IEnumerable<Conflict> Conflicts => _conflicts.Values;

    public App? App(AppKey key) => _apps.Get(key);

    public Instance? Instance(InstanceId id) => _instances.Get(id);

    public Deployment? Deployment(string id) => _deployments.Get(id);

    public AppGroup? Group(AppId id) => _groups.Get(id);

    public SiteOverride? Override(SiteKey key) => _overrides.Get(key);

    public Conflict? Conflict(string id) => _conflicts.Get(id);

    /// <summary>The instances of an app, by id.</summary>
    public Instance[] Of(AppKey app) => Resolve(_byApp.Get(app));

    /// <summary>The instances on a node, by id.</summary>
    public Instance[] On(NodeId node) => Resolve(_byNode.Get(node));

    public void Put(App app, bool durable = true)
    {
        var key = KeyOf(app);
        _apps.Set(key, app, durable);
        _waiting = app.Refusals is null ? _waiting.Remove(key) : _waiting.Add(key);
        if (app.Version > LastVersion)
        {
            LastVersion = app.Version;
        }
    }

    public void RemoveApp(AppKey key)
    {
        _apps.Remove(key);
        _waiting = _waiting.Remove(key);
    }

    public void Put(Instance instance, bool durable = true)
    {
        if (_instances.Get(instance.Id) is { } before && (before.App != instance.App || before.Node != instance.Node))
        {
            _byApp.Remove(before.App, before.Id);
            _byNode.Remove(before.Node, before.Id);
        }

        _instances.Set(instance.Id, instance, durable);
        _byApp.Add(instance.App, instance.Id);
        _byNode.Add(instance.Node, instance.Id);
    }

    public void RemoveInstance(InstanceId id)
    {
        if (_instances.Get(id) is { } instance)
        {
            _instances.Remove(id);
            _byApp.Remove(instance.App, id);
            _byNode.Remove(instance.Node, id);
        }
    }

    public void Put(Deployment deployment) => _deployments.Set(deployment.Id, deployment, true);

    public void RemoveDeployment(string id) => _deployments.Remove(id);

    public void Put(AppGroup group) => _groups.Set(group.Id, group, true);

    public void RemoveGroup(AppId id) => _groups.Remove(id);

    public void Put(SiteOverride change) => _overrides.Set(new SiteKey(change.Node, change.App), change, true);

    public void RemoveOverride(SiteKey key) => _overrides.Remove(key);

    public void Put(Conflict conflict) => _conflicts.Set(conflict.Id, conflict, true);

    public void RemoveConflict(string id) => _conflicts.Remove(id);

    /// <summary>Puts back what a journal held, without making it durable again.</summary>
    public void Restore(AppRows rows)
    {
        foreach (var deployment in rows.Deployments)
        {
            _deployments.Set(deployment.Id, deployment, durable: false);
            LastVersion = deployment.Version > LastVersion ? deployment.Version : LastVersion;
        }

        foreach (var group in rows.Groups)
        {
            _groups.Set(group.Id, group, durable: false);
        }

        foreach (var change in rows.Overrides)
        {
            _overrides.Set(new SiteKey(change.Node, change.App), change, durable: false);
        }

        foreach (var conflict in rows.Conflicts)
        {
            _conflicts.Set(conflict.Id, conflict, durable: false);
        }
    }

    /// <summary>The next version: now in whole milliseconds, but above every version given before.</summary>
    public DateTimeOffset NextVersion(DateTimeOffset now)
    {
        var version = new DateTimeOffset(now.UtcTicks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
        LastVersion = version > LastVersion ? version : LastVersion.AddMilliseconds(1);
        return LastVersion;
    }

    /// <summary>The scheduler looks at the app at the end of the batch.</summary>
    public void MarkDirty(AppKey app) => _dirty.Add(app);

    /// <summary>There may be room now for what could not be placed.</summary>
    public void MarkWaitingDirty() => _dirty.UnionWith(_waiting);

    public AppKey? TakeDirty()
    {
        if (_dirty.Count == 0)
        {
            return null;
        }

        var key = _dirty.Min;
        _dirty.Remove(key);
        return key;
    }

    public ClusterState Write(ClusterState state) => state with
    {
        Apps = _apps.Build(),
        Instances = _instances.Build(),
        AppInstances = _byApp.Build(),
        NodeInstances = _byNode.Build(),
        Deployments = _deployments.Build(),
        Groups = _groups.Build(),
        Overrides = _overrides.Build(),
        Conflicts = _conflicts.Build(),
        WaitingApps = _waiting,
        LastVersion = LastVersion,
    };

    public void AddRows(ImmutableArray<RowChange>.Builder rows)
    {
        rows.AddRange(_apps.Dirty.Order().Select(key => new RowChange.AppRow(key, App(key))));
        rows.AddRange(_instances.Dirty.Order().Select(key => new RowChange.InstanceRow(key, Instance(key))));
        rows.AddRange(_deployments.Dirty.Order(StringComparer.Ordinal).Select(key => new RowChange.DeploymentRow(key, Deployment(key))));
        rows.AddRange(_groups.Dirty.Order().Select(key => new RowChange.GroupRow(key, Group(key))));
        rows.AddRange(_overrides.Dirty.Order().Select(key => new RowChange.OverrideRow(key, Override(key))));
        rows.AddRange(_conflicts.Dirty.Order(StringComparer.Ordinal).Select(key => new RowChange.ConflictRow(key, Conflict(key))));
    }

    public static AppKey KeyOf(App app) => new(app.Owner?.Value ?? string.Empty, app.Id);

    private Instance[] Resolve(ImmutableHashSet<InstanceId> ids) => [.. ids.Order().Select(id => Instance(id)!)];

    private sealed class Table<TKey, TValue>(ImmutableDictionary<TKey, TValue> start)
        where TKey : notnull
        where TValue : class
    {
        private readonly HashSet<TKey> _dirty = [];
        private ImmutableDictionary<TKey, TValue>.Builder? _builder;

        public IReadOnlyCollection<TKey> Dirty => _dirty;

        public IEnumerable<TValue> Values => _builder?.Values ?? start.Values;

        public int Count => _builder?.Count ?? start.Count;

        public TValue? Get(TKey key) => _builder is null ? start.GetValueOrDefault(key) : _builder.GetValueOrDefault(key);

        public void Set(TKey key, TValue value, bool durable)
        {
            (_builder ??= start.ToBuilder())[key] = value;
            if (durable)
            {
                _dirty.Add(key);
            }
        }

        public void Remove(TKey key)
        {
            if ((_builder ??= start.ToBuilder()).Remove(key))
            {
                _dirty.Add(key);
            }
        }

        public ImmutableDictionary<TKey, TValue> Build() => _builder?.ToImmutable() ?? start;
    }

    private sealed class Index<TKey>(ImmutableDictionary<TKey, ImmutableHashSet<InstanceId>> start)
        where TKey : notnull
    {
        private ImmutableDictionary<TKey, ImmutableHashSet<InstanceId>> _map = start;

        public ImmutableHashSet<InstanceId> Get(TKey key) => _map.GetValueOrDefault(key, []);

        public void Add(TKey key, InstanceId id) => _map = _map.SetItem(key, Get(key).Add(id));

        public void Remove(TKey key, InstanceId id)
        {
            var rest = Get(key).Remove(id);
            _map = rest.IsEmpty ? _map.Remove(key) : _map.SetItem(key, rest);
        }

        public ImmutableDictionary<TKey, ImmutableHashSet<InstanceId>> Build() => _map;
    }
}
