package org.accrete.api.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FollowMarkTest {
    @Test
    void aMarkIsReadAsItWasWritten() {
        FollowMark mark = new FollowMark("a:b/c d.csv", 157, "0123456789abcdef", "(dev=fe00,inode=7)", 2);
        assertThat(FollowMark.isOne(mark.toText())).isTrue();
        assertThat(FollowMark.parse(mark.toText())).isEqualTo(mark);
    }

    @ParameterizedTest
    @ValueSource(strings = {"follow:a:1:b:c", "follow:a:x:b:c:1", "follow:%zz:1:b:c:1", "file:a:1:b:c:1"})
    void otherTextsAreRefused(String text) {
        assertThatThrownBy(() -> FollowMark.parse(text)).hasMessageContaining("is not one in followed files");
    }
}
