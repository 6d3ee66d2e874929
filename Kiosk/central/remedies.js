// What an incident is, and what to do about it, in words for whoever runs the mall.

export const remedies = {
    "kiosk-silent": {
        words: ["tidak ada kabar dari anjungan", "Periksa apakah anjungan menyala dan jaringannya tersambung. Bila ya, panggil teknisi."],
        english: ["the kiosk is silent", "Check that it is on and its network is connected; if so, call the technician."],
    },
    "kiosk-lagging": {
        words: ["catatan lama menunggu dikirim", "Jaringan yang lambat mengejar sendiri. Bila tidak berkurang dalam satu jam, panggil teknisi."],
        english: ["entries have been waiting for long", "A slow network catches up by itself. If it does not within an hour, call the technician."],
    },
    emergency: {
        words: ["keadaan darurat: anjungan tidak melayani", "Berakhir dengan “anjungan-central notice all-clear MAL” di pusat bila keadaan sudah aman."],
        english: ["emergency: the kiosk serves nobody", "It ends with “anjungan-central notice all-clear SITE” at the centre once all is safe."],
    },
    "site-outdated": {
        words: ["data mal di anjungan bukan yang diminta", "Minta teknisi memasang bundel yang baru dan menjalankan ulang anjungan."],
        english: ["it runs another site bundle than it should", "Have the technician install the new bundle and restart the kiosk."],
    },
    gap: {
        words: ["ada catatan yang belum sampai", "Anjungan mengirimnya lagi sendiri. Bila belum selesai dalam 10 menit, panggil teknisi."],
        english: ["entries are missing", "The kiosk sends them again by itself. If it lasts more than 10 minutes, call the technician."],
    },
    fork: {
        words: [
            "jurnal punya dua riwayat",
            "Disk anjungan mungkin dipulihkan atau disalin. Panggil teknisi: hentikan kembarannya, simpan folder jurnal, mulai jurnal baru. Kedua riwayat tersimpan.",
        ],
        english: [
            "its journal has two histories",
            "Its disk may have been restored or cloned. Call the technician: stop its twin, keep the journal's folder, begin a new one. Both histories are kept.",
        ],
    },
    changed: {
        words: [
            "isi catatan berubah setelah dicatat",
            "Disk rusak atau ada yang mengubah jurnal. Panggil teknisi: “anjungan doctor” di anjungan itu memeriksa jurnalnya.",
        ],
        english: [
            "an entry was changed after it was recorded",
            "The disk is failing or somebody altered the journal. Call the technician: “anjungan doctor” on that kiosk checks it.",
        ],
    },
    foreign: {
        words: [
            "catatan milik jurnal lain",
            "Konfigurasi site atau kiosk mungkin tertukar. Panggil teknisi untuk memeriksa pengaturan site dan kiosk di anjungan tersebut.",
        ],
        english: [
            "entries of another journal",
            "Its keys site or kiosk may be mixed up. Have the technician check both in that kiosk's configuration.",
        ],
    },
    number: {
        words: [
            "satu nomor ada di dua tiket",
            "Keduanya sah dan dihitung; layani keduanya. Mungkin anjungan dipulihkan dari salinan lama, atau lembar manual tercetak dua kali. Panggil teknisi.",
        ],
        english: [
            "one number is on two tickets",
            "Both are valid and counted; serve both. A kiosk may have been restored from an old copy, or a printed sheet made twice. Call the technician.",
        ],
    },
    lost: {
        words: [
            "simpanan pusat dikembalikan ke keadaan lama",
            "Anjungan mengirim lagi yang masih disimpannya. Bila belum selesai dalam 10 menit: hentikan pusat dan pulihkan cadangan yang terbaru.",
        ],
        english: [
            "the centre's store was put back to an older state",
            "The kiosk sends again what it keeps. If it lasts more than 10 minutes: stop the centre and restore its newest backup.",
        ],
    },
    unreadable: {
        words: ["catatan tidak terbaca", "Bila anjungan itu lebih baru daripada pusat, perbarui pusat. Bila tidak, panggil teknisi. Aslinya tersimpan."],
        english: ["an entry cannot be read", "If that kiosk is newer than the centre, update the centre; else call the technician. The original is kept."],
    },
};

// Why somebody was turned away at the kiosks' door. Nothing that came with it was stored; a kiosk keeps it and sends it again.

const again = "Buat kode baru di pusat dan daftarkan lagi: “anjungan enroll KODE” di anjungan itu. Catatannya tetap tersimpan di sana.";
const againEnglish = "Give out a new code at the centre and enrol it again: “anjungan enroll CODE” at the kiosk. It keeps its entries.";

export const refusals = {
    "certificate-missing": {
        words: ["datang tanpa sertifikat", again],
        english: ["came without a certificate", againEnglish],
    },
    "certificate-foreign": {
        words: ["sertifikatnya bukan dari pusat ini", again],
        english: ["its certificate is not of this centre", againEnglish],
    },
    "certificate-early": {
        words: ["sertifikatnya belum berlaku", "Jam pusat atau jam anjungan salah. Bandingkan tanggal keduanya dengan kalender."],
        english: ["its certificate is not valid yet", "The clock of the centre or of the kiosk is wrong. Compare both dates with a calendar."],
    },
    "certificate-expired": {
        words: ["sertifikatnya sudah berakhir", again],
        english: ["its certificate has expired", againEnglish],
    },
    "certificate-revoked": {
        words: ["sertifikatnya sudah dicabut", "Bila anjungan itu dicuri, ini benar. Bila tidak, beri kode baru."],
        english: ["its certificate was revoked", "Right, if that kiosk was stolen. If not, give it a new code."],
    },
    "certificate-replaced": {
        words: ["sudah diganti oleh mesin lain dengan nama yang sama", "Bila memang diganti, matikan mesin lama setelah catatannya terkirim. Bila tidak, beri kode baru."],
        english: ["was replaced by another machine of the same name", "If that was meant, switch the old one off once it has sent its entries. If not, give it a new code."],
    },
    "certificate-other-kiosk": {
        words: ["mengirim atas nama anjungan lain", "Panggil teknisi untuk memeriksa pengaturan site dan kiosk di anjungan tersebut."],
        english: ["sent in another kiosk's name", "Have the technician check the keys site and kiosk in its configuration."],
    },
    "signature-wrong": {
        words: ["tanda tangan kirimannya salah", "Kiriman berubah di jalan, atau program anjungan terlalu lama. Panggil teknisi."],
        english: ["a batch bears a wrong signature", "It was changed on its way, or the kiosk's program is too old. Call the technician."],
    },
    "enrolment-refused": {
        words: ["kode pendaftaran ditolak", "Bila teknisi sedang mendaftarkan anjungan, beri kode baru. Bila tidak, ada yang menebak kode."],
        english: ["an enrolment code was refused", "If a technician is enrolling a kiosk, give a new code. If not, somebody is guessing codes."],
    },
};
