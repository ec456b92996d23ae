using System.Text.Json;

namespace Edge.Contracts.Marathon;

public static partial class MarathonJson
{
    /// <summary>A deployment under way: an item of the bare list that GET /v2/deployments answers.</summary>
    public static void WriteDeployment(Utf8JsonWriter writer, MarathonDeploymentInfo deployment)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(deployment);
        writer.WriteStartObject();
        WritePlanFields(writer, deployment.Plan);
        WriteTexts(writer, "affectedApps", deployment.AffectedApps);
        WriteTexts(writer, "affectedPods", deployment.AffectedPods);
        WriteArray(writer, "currentActions", deployment.CurrentActions, (w, action) =>
            WriteAction(w, action with { Readiness = action.Readiness ?? [] }));
        writer.WriteNumber("currentStep", deployment.CurrentStep);
        writer.WriteNumber("totalSteps", deployment.Plan.Steps.Count);
        writer.WriteEndObject();
    }

    /// <summary>The bare list of deployments.</summary>
    public static void WriteDeployments(Utf8JsonWriter writer, IEnumerable<MarathonDeploymentInfo> deployments) =>
        WriteArray(writer, deployments, WriteDeployment);

    /// <summary><c>{"steps":[...]}</c>: the answer of <c>dryRun</c>.</summary>
    public static void WriteSteps(Utf8JsonWriter writer, IEnumerable<IReadOnlyList<MarathonAction>> steps) =>
        WriteList(writer, "steps", steps, WriteStep);

    /// <summary>An item of GET /v2/queue, in <c>{"queue":[...]}</c>.</summary>
    public static void WriteQueueItem(Utf8JsonWriter writer, MarathonQueueItem item)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(item);
        writer.WriteStartObject();
        writer.WriteNumber("count", item.Count);
        writer.WriteStartObject("delay");
        writer.WriteNumber("timeLeftSeconds", (long)Math.Ceiling(Math.Max(0, item.Delay.TotalSeconds)));
        writer.WriteBoolean("overdue", item.Delay <= TimeSpan.Zero);
        writer.WriteEndObject();
        WriteTime(writer, "since", item.Since);
        WriteSummary(writer, item);
        if (item.LastUnusedOffers is not null)
        {
            WriteArray(writer, "lastUnusedOffers", item.LastUnusedOffers, WriteUnusedOffer);
        }

        if (item.IsPod)
        {
            writer.WritePropertyName("pod");
            WritePod(writer, new MarathonPodInfo(item.App.Fields, item.App.Version));
        }
        else
        {
            writer.WritePropertyName("app");
            WriteApp(writer, item.App);
        }

        writer.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter writer, MarathonQueueItem item)
    {
        writer.WriteStartObject("processedOffersSummary");
        writer.WriteNumber("processedOffersCount", item.ProcessedOffers);
        writer.WriteNumber("unusedOffersCount", item.UnusedOffers);
        WriteTime(writer, "lastUnusedOfferAt", item.LastUnusedOfferAt);
        WriteTime(writer, "lastUsedOfferAt", item.LastUsedOfferAt);
        WriteArray(writer, "rejectSummaryLastOffers", item.LastOffers, WriteDecline);
        WriteArray(writer, "rejectSummaryLaunchAttempt", item.LaunchAttempt, WriteDecline);
        writer.WriteEndObject();
    }

    private static void WriteDecline(Utf8JsonWriter writer, MarathonDecline decline)
    {
        writer.WriteStartObject();
        writer.WriteString("reason", decline.Reason);
        writer.WriteNumber("declined", decline.Declined);
        writer.WriteNumber("processed", decline.Processed);
        writer.WriteEndObject();
    }

    private static void WriteUnusedOffer(Utf8JsonWriter writer, MarathonUnusedOffer offer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("offer");
        writer.WriteString("id", offer.OfferId);
        writer.WriteString("hostname", offer.Hostname);
        writer.WriteString("agentId", offer.AgentId);
        WriteArray(writer, "resources", offer.Resources, WriteOfferValue);
        WriteArray(writer, "attributes", offer.Attributes, WriteOfferValue);
        writer.WriteEndObject();
        WriteTexts(writer, "reason", offer.Reasons);
        WriteTime(writer, "timestamp", offer.Timestamp);
        writer.WriteEndObject();
    }

    private static void WriteOfferValue(Utf8JsonWriter writer, MarathonOfferValue value)
    {
        writer.WriteStartObject();
        writer.WriteString("name", value.Name);
        WriteText(writer, "role", value.Role);
        WriteText(writer, "text", value.Text);
        if (value.Scalar is { } scalar)
        {
            writer.WriteNumber("scalar", scalar);
        }

        if (value.Ranges is not null)
        {
            WriteArray(writer, "ranges", value.Ranges, (w, range) =>
            {
                w.WriteStartObject();
                w.WriteNumber("begin", range.Begin);
                w.WriteNumber("end", range.End);
                w.WriteEndObject();
            });
        }

        if (value.Set is not null)
        {
            WriteTexts(writer, "set", value.Set);
        }

        writer.WriteEndObject();
    }

    private static void WritePlan(Utf8JsonWriter writer, MarathonPlan plan)
    {
        writer.WriteStartObject("plan");
        WritePlanFields(writer, plan);
        writer.WriteEndObject();
    }

    private static void WritePlanFields(Utf8JsonWriter writer, MarathonPlan plan)
    {
        writer.WriteString("id", plan.Id);
        WriteTime(writer, "version", plan.Version);
        WriteArray(writer, "steps", plan.Steps, WriteStep);
    }

    private static void WriteStep(Utf8JsonWriter writer, IReadOnlyList<MarathonAction> actions) =>
        WriteList(writer, "actions", actions, WriteAction);

    private static void WriteAction(Utf8JsonWriter writer, MarathonAction action)
    {
        writer.WriteStartObject();
        writer.WriteString("action", action.Action);
        writer.WriteString(action.IsPod ? "pod" : "app", action.App);
        if (action.Readiness is not null)
        {
            WriteArray(writer, "readinessCheckResults", action.Readiness, WriteReadiness);
        }

        writer.WriteEndObject();
    }
}
