    .section .rodata
    .global reelproof_line_network_begin
    .global reelproof_line_network_end
reelproof_line_network_begin:
    .incbin REELPROOF_LINE_NETWORK
reelproof_line_network_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
