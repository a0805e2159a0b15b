package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That what the README points to is there, and that what points to the README finds it. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final String NAME = "LogPipeline";
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))`");
    private static final Pattern LINK = Pattern.compile("]\\(#([^)]+)\\)");
    private static final Pattern PATH = Pattern.compile("`((?:k8s|grafana|src)/[\\w./-]+)`");

    private static Set<String> found(Pattern pattern) throws IOException {
        Set<String> names = new TreeSet<>();
        for (Matcher m = pattern.matcher(Files.readString(README)); m.find(); ) {
            names.add(m.group(1));
        }
        return names;
    }

    /** As GitHub makes them of headings. */
    private static List<String> anchors() throws IOException {
        return Files.readAllLines(README).stream()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\w -]", "").replace(' ', '-'))
                .toList();
    }

    @Test
    void everyAlertHasItsRowWhereItsRunbookUrlLeads() throws IOException {
        Map<String, String> alerts = new TreeMap<>();
        JsonNode rules =
                Manifest.all(Files.readString(Path.of("grafana/alerts.yaml")))
                        .getFirst()
                        .at("/groups/0/rules");
        for (JsonNode rule : rules) {
            alerts.put(rule.path("alert").asText(), rule.at("/labels/severity").asText());
            String url = rule.at("/annotations/runbook_url").asText();
            assertThat(url).startsWith(README + "#");
            assertThat(anchors()).containsOnlyOnce(url.substring(url.indexOf('#') + 1));
        }
        assertThat(rowsOfAlerts()).isEqualTo(alerts);
    }

    /** Name and severity. */
    private static Map<String, String> rowsOfAlerts() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        String chapter = Files.readString(README).split("\n#+ Alerts\n", 2)[1].split("\n#", 2)[0];
        for (String line : chapter.lines().filter(each -> each.startsWith("| ")).toList()) {
            String[] cells = line.split("\\|");
            if (cells[1].strip().equals("alert")) {
                continue;
            }
            assertThat(cells).as(line).hasSize(4);
            assertThat(cells[2]).as("what it means").isNotBlank();
            assertThat(cells[3]).as("what to do").isNotBlank();
            for (String name : cells[1].split(",")) {
                String severity = name.contains("(page)") ? "page" : "ticket";
                rows.put(NAME + name.replace("(page)", "").strip(), severity);
            }
        }
        return rows;
    }

    @Test
    void everyTestThatItNamesExists() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            Set<String> tests =
                    files.map(path -> path.getFileName().toString().replace(".java", ""))
                            .collect(Collectors.toSet());
            assertThat(tests).containsAll(found(TEST));
        }
        assertThat(found(TEST)).hasSizeGreaterThan(20);
    }

    @Test
    void everyFileAndChapterThatItNamesExists() throws IOException {
        assertThat(found(PATH)).allSatisfy(path -> assertThat(Path.of(path)).exists());
        assertThat(anchors()).containsAll(found(LINK));
    }
}
