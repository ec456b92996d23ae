using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Daemon.Storage;

/// <content>What speaks of apps.</content>
internal sealed partial class JournalReader
{
    private AppRows ReadApps() => new(
        ReadAll("SELECT * FROM app", row => AppCodec.Read(new AppKey(row.GetString(0), new AppId(row.GetString(1))), Bytes(row, 2))),
        ReadAll("SELECT * FROM instance", row => InstanceCodec.Read(new InstanceId(row.GetString(0)), Bytes(row, 1))),
        ReadAll("SELECT * FROM deployment", row => DeploymentCodec.Read(row.GetString(0), Bytes(row, 1))),
        ReadAll("SELECT * FROM app_group", row => DeploymentCodec.ReadGroup(new AppId(row.GetString(0)), Bytes(row, 1))),
        ReadAll(
            "SELECT * FROM site_override",
            row => SiteCodec.ReadOverride(new SiteKey(new NodeId(row.GetString(0)), new AppId(row.GetString(1))), Bytes(row, 2))),
        ReadAll("SELECT * FROM conflict", row => SiteCodec.ReadConflict(row.GetString(0), Bytes(row, 1))));
}
