package io.logpipeline.redis;

import static io.logpipeline.redis.Events.events;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.telemetry.Watchdog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who sends on behalf of whom. */
class PushLaneTest {
    private final PushedCalls calls = new PushedCalls(Duration.ofSeconds(60));
    private final List<PushRequest> ended = new ArrayList<>();
    private final PushLane lane =
            new PushLane(
                    new PushLane.Terms(
                            calls,
                            new PendingStreams(calls, "test", new StreamSet(1)),
                            "600".getBytes(US_ASCII),
                            () -> "store".getBytes(US_ASCII),
                            Durability.MEMORY,
                            new Watchdog(System::nanoTime),
                            ended::add));

    private PushRequest added(String event) {
        PushRequest request = new PushRequest(events("a", event), null, Topology.ONE_SERVER);
        lane.add(request.shares().getFirst());
        return request;
    }

    @Test
    void whoComesWhileAnotherOneGathersGoesInItsCall() {
        PushRequest first = added("1");
        assertThat(lane.gathersBy(first)).isTrue();
        PushRequest second = added("2");
        assertThat(lane.gathersBy(second)).isFalse();
        assertThat(calls.sent).isEmpty();

        first.gathered();
        lane.sendGatheredBy(first);

        assertThat(calls.sent)
                .singleElement()
                .satisfies(call -> {
                    assertThat(call.has("1")).isTrue();
                    assertThat(call.has("2")).isTrue();
                });
        PushRequest third = added("3");
        assertThat(lane.gathersBy(third)).isTrue();
    }

    /** It may never come to it, or be busy in another lane. */
    @Test
    void whoIsAboutToSendIsNotReliedUponAnyMore() {
        PushRequest first = added("1");
        assertThat(lane.gathersBy(first)).isTrue();
        first.gathered();
        PushRequest second = added("2");
        assertThat(lane.gathersBy(second)).isTrue();

        lane.sendGatheredBy(first);
        assertThat(calls.sent).isEmpty();
        second.gathered();
        lane.sendGatheredBy(second);

        assertThat(calls.sent)
                .singleElement()
                .satisfies(call -> {
                    assertThat(call.has("1")).isTrue();
                    assertThat(call.has("2")).isTrue();
                });
    }

    @Test
    void nobodyGathersWhatAReplyWillSend() {
        for (int i = 0; i < Topology.ONE_SERVER.unansweredCallsMax(); i++) {
            PushRequest request = added("first");
            assertThat(lane.gathersBy(request)).isTrue();
            lane.sendGatheredBy(request);
        }
        PushRequest late = added("late");
        assertThat(lane.gathersBy(late)).isFalse();

        calls.answerAll();

        assertThat(calls.sent).last().satisfies(call -> assertThat(call.has("late")).isTrue());
        assertThat(ended).contains(late);
    }
}
