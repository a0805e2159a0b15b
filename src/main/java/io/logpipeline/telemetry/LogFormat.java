package io.logpipeline.telemetry;

/** How a log line is written: for people, or one JSON object a line for collectors. */
public enum LogFormat {
    TEXT,
    JSON
}
