using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>Changes any number of apps as one deployment. Replies deployed, locked, stale, elsewhere or rejected.</summary>
/// <param name="Changes">One entry per app.</param>
/// <param name="Groups">Groups whose own properties change.</param>
/// <param name="Force">True: deployments in the way are cancelled.</param>
/// <param name="Author">Who wants it, for the record.</param>
public sealed record ChangeApps(ImmutableArray<AppChange> Changes, ImmutableArray<GroupChange> Groups, bool Force, string Author)
    : ClusterCommand;

/// <summary>One app of a change.</summary>
/// <param name="App">Which.</param>
/// <param name="Definition">What it becomes, validated; absent: it is removed.</param>
/// <param name="BaseGeneration">The generation that the author saw; 0: none was there.</param>
/// <param name="Restart">True: instances are exchanged even if nothing changed.</param>
public sealed record AppChange(AppId App, AppDefinition? Definition, long BaseGeneration, bool Restart = false);

/// <summary>One group of a change. An absent value removes what the group says.</summary>
public sealed record GroupChange(AppId Group, AppGroup? Value);

/// <summary>Ends tasks of apps; they are replaced, unless the app is scaled down with them. Replies as <see cref="ChangeApps"/>.</summary>
/// <param name="Tasks">Their ids; unknown ones are skipped.</param>
/// <param name="Scale">True: the apps want that many instances less.</param>
/// <param name="Force">True: deployments in the way are cancelled.</param>
/// <param name="Author">Who wants it.</param>
public sealed record KillAppTasks(ImmutableArray<TaskId> Tasks, bool Scale, bool Force, string Author) : ClusterCommand;

/// <summary>Ends the wait before the next launch of an app. Replies rejected when it does not wait.</summary>
public sealed record ResetLaunchDelay(AppId App) : ClusterCommand;

/// <summary>Ends a deployment. Replies deployed with the way back, or accepted when forced.</summary>
/// <param name="Id">Which.</param>
/// <param name="Force">True: it is left where it stands.</param>
/// <param name="Author">Who wants it.</param>
public sealed record CancelDeployment(string Id, bool Force, string Author) : ClusterCommand;

/// <summary>Decides a conflict. Replies rejected when it is not open.</summary>
/// <param name="Id">Which.</param>
/// <param name="TakeSite">True: the site's value; false: the hub's.</param>
/// <param name="Author">Who decides.</param>
public sealed record ResolveConflict(string Id, bool TakeSite, string Author) : ClusterCommand;

/// <summary>Merges a site's change that was held. Replies rejected when there is none.</summary>
public sealed record ApproveOverride(NodeId Node, AppId App, string Author) : ClusterCommand;

/// <summary>Makes an app of a site the hub's. Replies rejected when it is not there, or the hub has one of that name.</summary>
public sealed record AdoptApp(NodeId Node, AppId App, string Author) : ClusterCommand;

/// <summary>Holds a node as it is, or lets it go on. Replies rejected when it is not known.</summary>
public sealed record HoldNode(NodeId Node, bool Hold, string Author) : ClusterCommand;
