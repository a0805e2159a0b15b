package io.logpipeline.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.page.History.Sample;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final History history = new History();

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            history.add(new Sample(history.total() + 1, true, 0, 0, 0, 0));
        }
    }

    private List<Long> after(long number) {
        return history.after(number).stream().map(Sample::nanos).toList();
    }

    @Test
    void whoComesFirstGetsAllAndThenWhatIsNew() {
        assertThat(after(0)).isEmpty();
        add(3);
        assertThat(after(0)).containsExactly(1L, 2L, 3L);
        add(2);
        assertThat(after(3)).containsExactly(4L, 5L);
        assertThat(after(5)).isEmpty();
    }

    @Test
    void onlyTheLastMinutesAreKept() {
        add(3 * History.SAMPLES_MAX);

        List<Long> last =
                LongStream.rangeClosed(2L * History.SAMPLES_MAX + 1, 3L * History.SAMPLES_MAX)
                        .boxed()
                        .toList();
        assertThat(after(0)).isEqualTo(last);
        assertThat(after(5)).isEqualTo(last);
        assertThat(after(history.total() - 1)).containsExactly(last.getLast());
    }
}
