using Edge.Core.Engine;

namespace Edge.Daemon.Storage;

/// <content>What speaks of apps: keys as columns, the rest as a body.</content>
internal sealed partial class JournalWriter
{
    private void WriteAppRow(RowChange row)
    {
        switch (row)
        {
            case RowChange.AppRow { Value: { } app } put:
                Run("INSERT OR REPLACE INTO app VALUES (@p0, @p1, @p2)", put.Key.Owner, put.Key.Id.Value, AppCodec.Write(app));
                break;
            case RowChange.AppRow gone:
                Run("DELETE FROM app WHERE owner = @p0 AND id = @p1", gone.Key.Owner, gone.Key.Id.Value);
                break;
            case RowChange.InstanceRow { Value: { } instance } put:
                Run("INSERT OR REPLACE INTO instance VALUES (@p0, @p1)", put.Key.Value, InstanceCodec.Write(instance));
                break;
            case RowChange.InstanceRow gone:
                Run("DELETE FROM instance WHERE id = @p0", gone.Key.Value);
                break;
            case RowChange.DeploymentRow { Value: { } deployment } put:
                Run("INSERT OR REPLACE INTO deployment VALUES (@p0, @p1)", put.Key, DeploymentCodec.Write(deployment));
                break;
            case RowChange.DeploymentRow gone:
                Run("DELETE FROM deployment WHERE id = @p0", gone.Key);
                break;
            case RowChange.GroupRow { Value: { } group } put:
                Run("INSERT OR REPLACE INTO app_group VALUES (@p0, @p1)", put.Key.Value, DeploymentCodec.Write(group));
                break;
            case RowChange.GroupRow gone:
                Run("DELETE FROM app_group WHERE id = @p0", gone.Key.Value);
                break;
            case RowChange.OverrideRow { Value: { } change } put:
                Run(
                    "INSERT OR REPLACE INTO site_override VALUES (@p0, @p1, @p2)",
                    put.Key.Node.Value, put.Key.App.Value, SiteCodec.Write(change));
                break;
            case RowChange.OverrideRow gone:
                Run("DELETE FROM site_override WHERE node = @p0 AND app = @p1", gone.Key.Node.Value, gone.Key.App.Value);
                break;
            case RowChange.ConflictRow { Value: { } conflict } put:
                Run("INSERT OR REPLACE INTO conflict VALUES (@p0, @p1)", put.Key, SiteCodec.Write(conflict));
                break;
            case RowChange.ConflictRow gone:
                Run("DELETE FROM conflict WHERE id = @p0", gone.Key);
                break;
        }
    }
}
