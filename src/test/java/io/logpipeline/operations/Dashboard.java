package io.logpipeline.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The dashboard's file, and the queries in it as Grafana would send them. */
record Dashboard(JsonNode root) {
    static final Path FILE = Path.of("grafana/log-pipeline.json");

    /** One query of one panel. */
    record Query(String panel, String refId, String expression, boolean instant) {
        String key() {
            return panel + " " + refId;
        }

        /** With all variables set to all, for a short look at a scrape a second. */
        String resolved() {
            return expression
                    .replace("$namespace", ".*")
                    .replace("$job", ".*")
                    .replace("$instance", ".*")
                    .replace("$__rate_interval", "10s")
                    .replace("$__range", "5m");
        }
    }

    static Dashboard read() throws IOException {
        return new Dashboard(new ObjectMapper().readTree(FILE.toFile()));
    }

    /** All but the rows' headings. */
    List<JsonNode> panels() {
        List<JsonNode> panels = new ArrayList<>();
        for (JsonNode panel : root.path("panels")) {
            if (!panel.path("type").asText().equals("row")) {
                panels.add(panel);
            }
        }
        return panels;
    }

    List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode panel : panels()) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(
                        new Query(
                                panel.path("title").asText(),
                                target.path("refId").asText(),
                                target.path("expr").asText(),
                                target.path("instant").asBoolean()));
            }
        }
        return queries;
    }
}
