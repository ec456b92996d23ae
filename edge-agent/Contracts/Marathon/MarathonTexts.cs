namespace Edge.Contracts.Marathon;

/// <summary>The sentences of Marathon's answers; clients and people search for them.</summary>
/// <remarks>Source: Marathon 1.10, RestResource and the resources.</remarks>
public static class MarathonTexts
{
    /// <summary>400, with the parser's text as details.</summary>
    public const string InvalidJson = "Invalid JSON";

    /// <summary>400, for no body or one of the wrong kind.</summary>
    public const string NoJson = "Please specify data in JSON format";

    /// <summary>400.</summary>
    public const string ScaleAndWipe = "You cannot use scale and wipe at the same time.";

    /// <summary>401.</summary>
    public const string NotAuthenticated = "Invalid username or password.";

    /// <summary>403.</summary>
    public const string NotAuthorized = "Not Authorized to perform this action!";

    /// <summary>404 for a route that is not there.</summary>
    public const string NoRoute = "URI not found";

    /// <summary>404 of /v2/leader.</summary>
    public const string NoLeader = "There is no leader";

    /// <summary>405.</summary>
    public const string MethodNotAllowed = "Method Not Allowed";

    /// <summary>406.</summary>
    public const string NotAcceptable = "Not Acceptable";

    /// <summary>409; the placeholder is part of the text.</summary>
    public const string Locked = "App is locked by one or more deployments. Override with the option '?force=true'. "
        + "View details at '/v2/deployments/<DEPLOYMENT_ID>'.";

    /// <summary>415.</summary>
    public const string UnsupportedMediaType = "Unsupported Media Type";

    /// <summary>502 of a standby.</summary>
    public const string UnknownLeader = "Could not determine the current leader";

    /// <summary>200 of DELETE /v2/leader.</summary>
    public const string Abdicated = "Leadership abdicated";

    /// <summary>404.</summary>
    public static string NoApp(string id) => $"App '{id}' does not exist";

    /// <summary>404.</summary>
    public static string NoPod(string id) => $"Pod '{id}' does not exist";

    /// <summary>404.</summary>
    public static string NoPodVersion(string id, string version) => $"Pod '{id}' does not exist in version {version}";

    /// <summary>404.</summary>
    public static string NoInstance(string id) => $"Instance '{id}' does not exist";

    /// <summary>409: there is a pod.</summary>
    public static string PodExists(string id) => $"A pod with id [{id}] already exists.";

    /// <summary>404.</summary>
    public static string NoAppVersion(string id, string version) => $"App '{id}' does not exist in version {version}";

    /// <summary>404.</summary>
    public static string NoGroup(string id) => $"Group '{id}' does not exist";

    /// <summary>404.</summary>
    public static string NoGroupVersion(string id, string version) => $"Group '{id}' does not exist in version {version}";

    /// <summary>404.</summary>
    public static string NoTask(string id) => $"Task '{id}' does not exist";

    /// <summary>404.</summary>
    public static string NoDeployment(string id) => $"DeploymentPlan {id} does not exist";

    /// <summary>404.</summary>
    public static string NotQueued(string id) => $"Application {id} not found in tasks queue.";

    /// <summary>409: there is an app.</summary>
    public static string AppExists(string id) => $"An app with id [{id}] already exists.";

    /// <summary>409: there is a group in the way.</summary>
    public static string PathExists(string id) => $"An app with the path {id} already exists.";

    /// <summary>409.</summary>
    public static string GroupExists(string id) => $"Group {id} is already created. Use PUT to change this group.";
}
