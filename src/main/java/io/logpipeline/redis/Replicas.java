package io.logpipeline.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Who drains and what each holds, for those who look at the pipeline. Nothing is decided by it. */
public final class Replicas {
    /**
     * One consumer of the group.
     *
     * @param held entries that it took and has not ended
     * @param idle since it last took, renewed or looked for entries
     */
    public record Member(String name, long held, Duration idle) {}

    /**
     * The group at one moment.
     *
     * @param sweeper the process that sweeps; empty when none does
     * @param untaken entries that no consumer has
     * @param ended entries ended since the stream began
     * @param count how many consumers there are: more than are named, when they are very many
     * @param members those that hold most first
     */
    public record Group(
            Optional<String> sweeper, long untaken, long ended, long count, List<Member> members) {
        static final Group NONE = new Group(Optional.empty(), 0, 0, 0, List.of());
    }

    private static final int NAMED_MAX = 50;
    private static final int FIRST_MEMBER = 4;

    private final RedisCalls calls;

    public Replicas(RedisCalls calls) {
        this.calls = calls;
    }

    /** Asks, without waiting; ends with a {@link RedisFailure} when Redis does not answer. */
    public CompletionStage<Group> look() {
        CompletionStage<Reply> sweeper =
                calls.run(Script.HOLDER, List.of(RedisKeys.SWEEPER), List.of());
        return calls.run(
                        Script.REPLICAS,
                        List.of(RedisKeys.PENDING),
                        PendingStream.arguments(RedisKeys.GROUP, NAMED_MAX))
                .thenCombine(sweeper, Replicas::group);
    }

    private static Group group(Reply reply, Reply holder) {
        return switch (reply.word()) {
            case "NONE" -> Group.NONE;
            case "REPLICAS" -> {
                List<Member> members = new ArrayList<>();
                for (int i = FIRST_MEMBER; i < reply.size(); i += 3) {
                    members.add(
                            new Member(
                                    reply.text(i),
                                    reply.number(i + 1),
                                    Duration.ofMillis(reply.number(i + 2))));
                }
                String sweeper = sweeper(holder);
                yield new Group(
                        sweeper.isEmpty() ? Optional.empty() : Optional.of(sweeper),
                        reply.number(1),
                        reply.number(2),
                        reply.number(3),
                        List.copyOf(members));
            }
            default -> throw reply.unknown(Script.REPLICAS);
        };
    }

    private static String sweeper(Reply holder) {
        if (!holder.word().equals("HOLDER")) {
            throw holder.unknown(Script.HOLDER);
        }
        return holder.text(1);
    }
}
