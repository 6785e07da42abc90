    .section .rodata
    .global reelproof_portal_begin
    .global reelproof_portal_end
reelproof_portal_begin:
    .incbin REELPROOF_PORTAL_PACK
reelproof_portal_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
