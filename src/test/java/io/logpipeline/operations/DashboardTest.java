package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What makes a dashboard one that others can import and read. */
class DashboardTest {
    private static final Pattern SELECTOR = Pattern.compile("(\\w+)\\{([^}]*)}");
    private static final Pattern COUNTER_IN_RATE =
            Pattern.compile("(rate|increase)\\(\\w+\\{[^}]*}\\[[^\\]]+]\\)");

    private final Dashboard dashboard;

    DashboardTest() throws IOException {
        dashboard = Dashboard.read();
    }

    @Test
    void everyPanelHasTitleDescriptionUnitThresholdsAndTheChosenDataSource() {
        assertThat(dashboard.panels())
                .hasSizeGreaterThan(20)
                .allSatisfy(panel -> {
                    assertThat(panel.path("title").asText()).isNotBlank();
                    assertThat(panel.path("description").asText()).isNotBlank();
                    JsonNode defaults = panel.at("/fieldConfig/defaults");
                    assertThat(defaults.path("unit").asText()).isNotBlank();
                    assertThat(defaults.at("/thresholds/steps")).isNotEmpty();
                    assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                    assertThat(panel.path("targets"))
                            .isNotEmpty()
                            .allSatisfy(target ->
                                    assertThat(target.at("/datasource/uid").asText())
                                            .isEqualTo("${datasource}"));
                });
    }

    @Test
    void titlesAndIdsAreThereOnceAndPanelsDoNotOverlap() {
        Set<String> titles = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : dashboard.root().path("panels")) {
            assertThat(titles.add(panel.path("title").asText())).isTrue();
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            JsonNode at = panel.path("gridPos");
            int right = at.path("x").asInt() + at.path("w").asInt();
            int below = at.path("y").asInt() + at.path("h").asInt();
            assertThat(right).isLessThanOrEqualTo(24);
            for (int x = at.path("x").asInt(); x < right; x++) {
                for (int y = at.path("y").asInt(); y < below; y++) {
                    assertThat(cells.add(x + "," + y)).as(panel.path("title").asText()).isTrue();
                }
            }
        }
    }

    @Test
    void thereAreTheFourVariablesAndEachQueryObeysThem() {
        assertThat(dashboard.root().at("/templating/list"))
                .extracting(variable -> variable.path("name").asText())
                .containsExactly("datasource", "namespace", "job", "instance");
        for (Dashboard.Query query : dashboard.queries()) {
            List<String> selectors = new ArrayList<>();
            for (Matcher m = SELECTOR.matcher(query.expression()); m.find(); ) {
                selectors.add(m.group(2));
            }
            assertThat(selectors)
                    .isNotEmpty()
                    .allSatisfy(selector ->
                            assertThat(selector)
                                    .contains(
                                            "namespace=~\"$namespace\"",
                                            "job=~\"$job\"",
                                            "instance=~\"$instance\""));
        }
    }

    @Test
    void countersAreReadAsRatesAndPipelineWideGaugesAreNotAddedUp() {
        for (Dashboard.Query query : dashboard.queries()) {
            String withoutRates = COUNTER_IN_RATE.matcher(query.expression()).replaceAll("");
            assertThat(withoutRates).doesNotContain("_total", "_bucket");
            assertThat(query.expression())
                    .doesNotMatch(".*(sum|avg)[^(]*\\(log_pipeline_(keys_pending|drain_lag).*");
        }
    }
}
