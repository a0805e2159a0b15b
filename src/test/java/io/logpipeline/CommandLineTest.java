package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.telemetry.LogFormat;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the command line may say. */
class CommandLineTest {
    private static void refused(String line, String... words) {
        assertThatThrownBy(() -> CommandLine.parse(line.split(" ", -1)))
                .isInstanceOf(StartRefused.class)
                .message()
                .contains(words)
                .doesNotContain("s3cr3t", "\n");
    }

    @Test
    void nothingMeansBothRolesWithTheSettingsAsTheyAre() {
        CommandLine parsed = CommandLine.parse();

        assertThat(parsed.role()).isEqualTo(Role.ALL);
        assertThat(parsed.config()).isEmpty();
        assertThat(parsed.logFormat()).isEmpty();
        assertThat(parsed.untilParentEnds()).isFalse();
        assertThat(parsed.help()).isFalse();
        assertThat(parsed.version()).isFalse();
    }

    @Test
    void theRoleComesFirstAndOptionsFollowInAnyOrder() {
        CommandLine parsed =
                CommandLine.parse(
                        "drainer",
                        "--until-parent-ends",
                        "--log-format",
                        "json",
                        "--config",
                        "my.yaml");

        assertThat(parsed.role()).isEqualTo(Role.DRAINER);
        assertThat(parsed.config()).contains(Path.of("my.yaml"));
        assertThat(parsed.logFormat()).contains(LogFormat.JSON);
        assertThat(parsed.untilParentEnds()).isTrue();
        for (Role role : Role.values()) {
            assertThat(CommandLine.parse(role.word()).role()).isEqualTo(role);
        }
    }

    @Test
    void helpAndVersionNeedNoRole() {
        assertThat(CommandLine.parse("--help").help()).isTrue();
        assertThat(CommandLine.parse("-h").help()).isTrue();
        assertThat(CommandLine.parse("--version").version()).isTrue();
    }

    @Test
    void anUnknownRoleOrOptionIsNamed() {
        refused("drain", "unknown role drain", "api, drainer, all, demo");
        refused("api --verbose", "unknown option --verbose", "--help");
        refused("api drainer", "unknown option drainer");
    }

    @Test
    void anOptionWithoutItsValueOrWithAWrongOneIsNamed() {
        refused("all --config", "--config needs a value");
        refused("all --log-format", "--log-format needs a value");
        refused("all --log-format xml", "--log-format: expected text or json, not xml");
        refused("all --config a\0b", "--config: not a path");
    }

    @Test
    void aUrlInTheWrongPlaceIsNotShown() {
        refused("redis://:s3cr3t@redis:6379", "unknown role");
        refused("all --redis.url=redis://:s3cr3t@redis:6379", "unknown option");
    }
}
