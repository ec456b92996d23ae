namespace Edge.Contracts.Marathon;

/// <summary>The schema of health, readiness and plain checks. Source: Marathon 1.10 RAML, healthCheck and checks.</summary>
internal static class CheckShapes
{
    private static readonly Shape s_protocol =
        new WordShape("HTTP", "HTTPS", "TCP", "COMMAND", "MESOS_TCP", "MESOS_HTTP", "MESOS_HTTPS");

    public static readonly ObjectShape AppCommandCheck = new("AppCommandCheck",
        new ShapeField("value", BasicShapes.Text) { Required = true });

    public static readonly ObjectShape HealthCheck = new("AppHealthCheck",
        new("command", AppCommandCheck),
        new("gracePeriodSeconds", BasicShapes.Whole) { Default = "300" },
        new("ignoreHttp1xx", BasicShapes.Flag) { OmitEmpty = true },
        new("intervalSeconds", BasicShapes.Whole) { Default = "60" },
        new("maxConsecutiveFailures", BasicShapes.Whole) { Default = "3" },
        new("path", new TextShape()),
        new("port", BasicShapes.AnyPort),
        new("portIndex", BasicShapes.AnyPort),
        new("protocol", s_protocol) { Default = "\"HTTP\"" },
        new("ipProtocol", new WordShape("IPv4", "IPv6")) { Default = "\"IPv4\"" },
        new("timeoutSeconds", BasicShapes.Whole) { Default = "20" },
        new("delaySeconds", BasicShapes.Whole) { Default = "15" });

    public static readonly ObjectShape ShellCommand = new("ShellCommand",
        new ShapeField("shell", BasicShapes.FilledText) { Required = true });

    public static readonly ObjectShape ArgvCommand = new("ArgvCommand",
        new ShapeField("argv", new ListShape(BasicShapes.Text, 1)) { Required = true });

    public static readonly ObjectShape CommandCheck = new("CommandCheck",
        new ShapeField("command", new ChoiceShape(e => ChoiceShape.Has(e, "argv") ? ArgvCommand : ShellCommand)) { Required = true });

    public static readonly ObjectShape AppHttpCheck = new("AppHttpCheck",
        new("portIndex", BasicShapes.AnyPort),
        new("port", BasicShapes.AnyPort),
        new("path", BasicShapes.Path),
        new("scheme", BasicShapes.HttpScheme) { Default = "\"HTTP\"" });

    public static readonly ObjectShape AppTcpCheck = new("AppTcpCheck",
        new("portIndex", BasicShapes.AnyPort),
        new("port", BasicShapes.AnyPort));

    public static readonly ObjectShape AppCheck = new("AppCheck",
        new("http", AppHttpCheck),
        new("tcp", AppTcpCheck),
        new("exec", CommandCheck),
        new("intervalSeconds", BasicShapes.Whole) { Default = "60" },
        new("timeoutSeconds", BasicShapes.Whole) { Default = "20" },
        new("delaySeconds", BasicShapes.Whole) { Default = "15" });

    public static readonly ObjectShape ReadinessCheck = new("ReadinessCheck",
        new("name", BasicShapes.FilledText) { Default = "\"readinessCheck\"" },
        new("protocol", BasicShapes.HttpScheme) { Default = "\"HTTP\"" },
        new("path", BasicShapes.Path) { Default = "\"/\"" },
        new("portName", BasicShapes.LegacyName) { Default = "\"http-api\"" },
        new("intervalSeconds", BasicShapes.Whole) { Default = "30" },
        new("timeoutSeconds", NumberShape.Int32(1)) { Default = "10" },
        new("httpStatusCodesForReady", new ListShape(NumberShape.AnyInt32(), 1, distinct: true)) { Default = "[200]" },
        new("preserveLastResponse", BasicShapes.Flag) { Default = "false" });
}
