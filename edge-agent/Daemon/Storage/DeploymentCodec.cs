using Edge.Core.Model;

namespace Edge.Daemon.Storage;

/// <summary>Deployments, and groups that say something of their own, as the bodies of rows.</summary>
internal static class DeploymentCodec
{
    /// <summary>Increment when the layout changes, and keep reading the older ones.</summary>
    private const byte LayoutVersion = 1;

    public static byte[] Write(Deployment deployment) => RowBody.Write(LayoutVersion, deployment, Write);

    /// <exception cref="InvalidDataException">The journal is damaged.</exception>
    public static Deployment Read(string id, byte[] bytes) =>
        RowBody.Read(bytes, LayoutVersion, $"Deployment '{id}'", reader => Read(id, reader));

    public static byte[] Write(AppGroup group) => RowBody.Write(
        LayoutVersion, group.Dependencies, static (writer, apps) => writer.WriteList(apps, static (w, app) => w.Write(app.Value)));

    /// <exception cref="InvalidDataException">The journal is damaged.</exception>
    public static AppGroup ReadGroup(AppId id, byte[] bytes) => new(
        id, RowBody.Read(bytes, LayoutVersion, $"Group '{id}'", static reader => reader.ReadList(static r => new AppId(r.ReadString()))));

    private static void Write(BinaryWriter writer, Deployment deployment)
    {
        writer.WriteTime(deployment.Version);
        writer.WriteList(deployment.Steps, static (w, step) => w.WriteList(step.Actions, WriteAction));
        writer.Write7BitEncodedInt(deployment.CurrentStep);
        writer.WriteList(deployment.Changes, WriteChange);
    }

    private static Deployment Read(string id, BinaryReader reader) => new()
    {
        Id = id,

        // In the order in which they were written.
        Version = reader.ReadTime(),
        Steps = reader.ReadList(static r => new DeploymentStep(r.ReadList(ReadAction))),
        CurrentStep = reader.Read7BitEncodedInt(),
        Changes = reader.ReadList(ReadChange),
    };

    private static void WriteAction(BinaryWriter writer, DeploymentAction action)
    {
        writer.Write((byte)action.Kind);
        writer.Write(action.App.Value);
    }

    private static DeploymentAction ReadAction(BinaryReader reader) =>
        new(reader.ReadKnown<DeploymentActionKind>(), new AppId(reader.ReadString()));

    private static void WriteChange(BinaryWriter writer, DeploymentChange change)
    {
        writer.Write(change.App.Value);
        writer.WriteOptional(change.Before, static (w, before) => AppCodec.WriteDefinition(w, before, AppDefinition.Empty));
        writer.WriteOptional(
            change.After, (w, after) => AppCodec.WriteDefinition(w, after, change.Before ?? AppDefinition.Empty));
    }

    private static DeploymentChange ReadChange(BinaryReader reader)
    {
        var app = new AppId(reader.ReadString());
        var before = reader.ReadOptional(static r => AppCodec.ReadDefinition(r, AppDefinition.Empty));
        var after = reader.ReadOptional(r => AppCodec.ReadDefinition(r, before ?? AppDefinition.Empty));
        return new DeploymentChange(app, before, after);
    }
}
