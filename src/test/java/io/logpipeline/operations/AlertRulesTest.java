package io.logpipeline.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The alert rules: complete, and each fires and resolves. */
class AlertRulesTest {
    private static final Path RULES = Path.of("grafana/alerts.yaml");
    private static final Path TESTS = Path.of("grafana/alerts-test.yaml");

    private static JsonNode rules() throws IOException {
        return Manifest.all(Files.readString(RULES)).getFirst().at("/groups/0/rules");
    }

    @Test
    void everyAlertSaysHowBadItIsWhatItMeansAndWhatToDo() throws IOException {
        assertThat(rules())
                .isNotEmpty()
                .allSatisfy(rule -> {
                    assertThat(rule.at("/labels/severity").asText()).isIn("page", "ticket");
                    for (String text : List.of("summary", "description", "action")) {
                        assertThat(rule.path("annotations").path(text).asText()).isNotBlank();
                    }
                    assertThat(rule.at("/annotations/runbook_url").asText())
                            .isEqualTo("README.md#alerts");
                });
    }

    @Test
    void everyAlertHasATestInWhichItIsSilentFiresAndIsSilentAgain() throws IOException {
        List<String> tested = new ArrayList<>();
        for (JsonNode test : Manifest.all(Files.readString(TESTS)).getFirst().at("/tests")) {
            JsonNode looks = test.path("promql_expr_test");
            String alert = test.path("name").asText().split(",")[0];
            assertThat(looks)
                    .allSatisfy(look ->
                            assertThat(look.path("expr").asText())
                                    .isEqualTo(
                                            "ALERTS{alertname=\""
                                                    + alert
                                                    + "\",alertstate=\"firing\"}"));
            assertThat(looks.get(0).path("exp_samples")).isEmpty();
            assertThat(looks.get(looks.size() - 2).path("exp_samples")).isNotEmpty();
            assertThat(looks.get(looks.size() - 1).path("exp_samples")).isEmpty();
            tested.add(alert);
        }
        assertThat(rules())
                .extracting(rule -> rule.path("alert").asText())
                .containsExactlyElementsOf(tested);
    }

    @Test
    @EnabledIfSystemProperty(
            named = Tools.PROPERTY,
            matches = ".+",
            disabledReason = "needs promtool: .ci/run brings it, and fails without")
    void promtoolSeesEachOfThemFireAndResolve() {
        Tools.Result checked = Tools.run("promtool", "check", "rules", RULES.toString());
        assertThat(checked.status()).as(checked.output()).isZero();
        Tools.Result tested = Tools.run("promtool", "test", "rules", TESTS.toString());
        assertThat(tested.status()).as(tested.output()).isZero();
        assertThat(tested.output()).contains("SUCCESS");
    }
}
