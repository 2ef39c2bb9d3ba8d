"""Title blocks of all kinds, and what each says; the places and persons are made up."""

BLOCKS: dict[str, tuple[str, dict[str, str]]] = {
    "title and date": (
        "在全县秋收工作会议上的讲话\n（2019年8月20日）",
        {"title": "在全县秋收工作会议上的讲话", "date": "2019-08-20", "occasion": "全县秋收工作会议"},
    ),
    "government work report": (
        "政府工作报告\n——2024年1月5日在云泽市第八届人民代表大会第三次会议上\n云泽市市长　骆维桢",
        {
            "title": "政府工作报告",
            "speaker": "骆维桢",
            "office": "云泽市市长",
            "date": "2024-01-05",
            "occasion": "云泽市第八届人民代表大会第三次会议",
        },
    ),
    "title and subtitle over lines": (
        "凝心聚力抓项目\n奋力谱写云泽高质量发展新篇章\n——在中国共产党云泽县第十四次\n代表大会上的报告\n（2021年9月6日）\n田 守 义",
        {
            "title": "凝心聚力抓项目 奋力谱写云泽高质量发展新篇章",
            "speaker": "田守义",
            "date": "2021-09-06",
            "occasion": "中国共产党云泽县第十四次代表大会",
        },
    ),
    "title broken in mid-phrase": (
        "在全县巩固脱贫成果暨\n乡村振兴工作推进会上的讲话\n县委书记 沈桂林\n2022.3.5",
        {
            "title": "在全县巩固脱贫成果暨乡村振兴工作推进会上的讲话",
            "speaker": "沈桂林",
            "office": "县委书记",
            "date": "2022-03-05",
            "occasion": "全县巩固脱贫成果暨乡村振兴工作推进会",
        },
    ),
    "title whose last character stands alone": (
        "政府工作报\n告\n——2017年2月8日在青浦岭县第十五届人民代表大会第二次会议上\n县长\n邱立群",
        {
            "title": "政府工作报告",
            "speaker": "邱立群",
            "office": "县长",
            "date": "2017-02-08",
            "occasion": "青浦岭县第十五届人民代表大会第二次会议",
        },
    ),
    "office and name on two lines": (
        "在全市教育工作会议上的讲话\n市委副书记、市长\n罗 光 华\n二〇二四年三月五日",
        {
            "title": "在全市教育工作会议上的讲话",
            "speaker": "罗光华",
            "office": "市委副书记、市长",
            "date": "2024-03-05",
            "occasion": "全市教育工作会议",
        },
    ),
    "name alone, Chinese numerals with circles": (
        "在全县信访工作会议上的讲话\n张　伟\n（二○一○年十二月二十三日）",
        {
            "title": "在全县信访工作会议上的讲话",
            "speaker": "张伟",
            "date": "2010-12-23",
            "occasion": "全县信访工作会议",
        },
    ),
    "masked name": (
        "在全市安全生产会议上的讲话\n李某某\n２０２４年３月５日上午",
        {
            "title": "在全市安全生产会议上的讲话",
            "speaker": "李某某",
            "date": "2024-03-05",
            "occasion": "全市安全生产会议",
        },
    ),
    "office, name and date in one line": (
        "统筹协调 务实高效 推进机关自身建设\n——在全市政府系统办公室主任会议上的讲话\n市政府秘书长 和春生（2010年5月13日）",
        {
            "title": "统筹协调 务实高效 推进机关自身建设",
            "speaker": "和春生",
            "office": "市政府秘书长",
            "date": "2010-05-13",
            "occasion": "全市政府系统办公室主任会议",
        },
    ),
    "office in the date's brackets": (
        "在全院司法作风建设会议上的讲话\n（2022年6月17日上午，县人民法院院长）",
        {
            "title": "在全院司法作风建设会议上的讲话",
            "office": "县人民法院院长",
            "date": "2022-06-17",
            "occasion": "全院司法作风建设会议",
        },
    ),
    "place and remark in the date's brackets": (
        "在柳埠镇春耕现场会上的讲话\n（二〇〇九年三月十二日 · 柳埠镇）\n（根据录音整理）",
        {"title": "在柳埠镇春耕现场会上的讲话", "date": "2009-03-12", "occasion": "柳埠镇春耕现场会"},
    ),
    "remark at the end of the title": (
        "在全县干部大会上的讲话（根据录音整理）\n2005年2月",
        {"title": "在全县干部大会上的讲话", "date": "2005-02", "occasion": "全县干部大会"},
    ),
    "date at the end of the title": (
        "在全县干部大会上的讲话（2005年2月19日）",
        {"title": "在全县干部大会上的讲话", "date": "2005-02-19", "occasion": "全县干部大会"},
    ),
    "person in the title": (
        "骆维桢同志在全县项目建设调度会上的讲话\n2024-03-05",
        {
            "title": "骆维桢同志在全县项目建设调度会上的讲话",
            "speaker": "骆维桢",
            "date": "2024-03-05",
            "occasion": "全县项目建设调度会",
        },
    ),
    "office and person in the title": (
        "县委书记骆维桢在全县项目建设调度会上的讲话",
        {
            "title": "县委书记骆维桢在全县项目建设调度会上的讲话",
            "speaker": "骆维桢",
            "office": "县委书记",
            "occasion": "全县项目建设调度会",
        },
    ),
    "name of several words": (
        "2026年政府工作报告\n——2026年1月27日在木兰自治州第十四届人民代表大会第四次会议上\n州长　阿不力克木·艾山",
        {
            "title": "2026年政府工作报告",
            "speaker": "阿不力克木·艾山",
            "office": "州长",
            "date": "2026-01-27",
            "occasion": "木兰自治州第十四届人民代表大会第四次会议",
        },
    ),
    "labelled lines": (
        "在柿树湾村党员大会上的讲话\n时间：2023年5月14日晚　　地点：村文化礼堂\n讲话人：村党支部书记　老庞",
        {
            "title": "在柿树湾村党员大会上的讲话",
            "speaker": "老庞",
            "office": "村党支部书记",
            "date": "2023-05-14",
            "occasion": "柿树湾村党员大会",
        },
    ),
    "web page": (
        "当前位置：首页 > 领导讲话\n发布时间：2018-07-18 10:20 来源：县政府办 浏览次数：7511\n在全县文秘干部座谈会上的讲话\n2014年9月18日",
        {"title": "在全县文秘干部座谈会上的讲话", "date": "2014-09-18", "occasion": "全县文秘干部座谈会"},
    ),
    "web page whose speech has no date": (
        "在全县文秘干部座谈会上的讲话\n发布时间：2018-07-18 10:20　来源：县政府办　作者：admin",
        {"title": "在全县文秘干部座谈会上的讲话", "date": "2018-07-18", "occasion": "全县文秘干部座谈会"},
    ),
    "front matter": (
        "---\ntitle: 在全市项目建设推进会上的讲话\ndate: 2024-03-05\nauthor: 骆维桢\ntags: [讲话]\n---",
        {
            "title": "在全市项目建设推进会上的讲话",
            "speaker": "骆维桢",
            "date": "2024-03-05",
            "occasion": "全市项目建设推进会",
        },
    ),
    "front matter in TOML": (
        '+++\ntitle = "在全市项目建设推进会上的讲话"\ndate = 2024-03-05\n+++',
        {"title": "在全市项目建设推进会上的讲话", "date": "2024-03-05", "occasion": "全市项目建设推进会"},
    ),
    "markdown": (
        "# 在小岛商会表彰会上的讲话\n\n**骆维桢**\n\n2013年1月14日",
        {
            "title": "在小岛商会表彰会上的讲话",
            "speaker": "骆维桢",
            "date": "2013-01-14",
            "occasion": "小岛商会表彰会",
        },
    ),
    "red-head document": (
        "云泽市人民政府办公室文件\n云政办发〔2024〕3号\n云泽市人民政府办公室关于印发骆维桢同志在全市\n项目建设推进会上讲话的通知\n"
        "各县（市、区）人民政府，市政府各部门：\n现将讲话印发给你们，请认真贯彻落实。\n云泽市人民政府办公室\n2024年3月8日\n"
        "在全市项目建设推进会上的讲话\n骆维桢\n（2024年3月5日）",
        {
            "title": "在全市项目建设推进会上的讲话",
            "speaker": "骆维桢",
            "date": "2024-03-05",
            "occasion": "全市项目建设推进会",
        },
    ),
    "red-head document without a title of its own": (
        "云泽市人民政府办公室文件\n云政办发〔2024〕3号\n关于印发骆维桢同志在全市项目建设推进会上讲话的通知\n"
        "各县（市、区）人民政府，市政府各部门：\n现将讲话印发给你们，请认真贯彻落实。\n2024年3月8日",
        {
            "title": "骆维桢同志在全市项目建设推进会上讲话",
            "speaker": "骆维桢",
            "date": "2024-03-08",
            "occasion": "全市项目建设推进会",
        },
    ),
    "day without a year, which the title has": (
        "在2024年全县防汛抗旱工作会议上的讲话\n（4月18日）",
        {
            "title": "在2024年全县防汛抗旱工作会议上的讲话",
            "date": "2024-04-18",
            "occasion": "2024年全县防汛抗旱工作会议",
        },
    ),
    "day without a year": (
        "在全县防汛抗旱工作会议上的讲话\n（4月18日）",
        {"title": "在全县防汛抗旱工作会议上的讲话", "occasion": "全县防汛抗旱工作会议"},
    ),
    "year of a meeting that looks back": (
        "在2023年度总结表彰大会上的讲话",
        {"title": "在2023年度总结表彰大会上的讲话", "occasion": "2023年度总结表彰大会"},
    ),
    "only the year is legible": (
        "在全县秋收工作会议上的讲话\n（2009年×月×日）",
        {"title": "在全县秋收工作会议上的讲话", "date": "2009", "occasion": "全县秋收工作会议"},
    ),
    "traditional characters": (
        "在全縣農村工作會議上的講話\n縣委書記　鍾維綱\n（二○○八年二月二十一日）",
        {
            "title": "在全縣農村工作會議上的講話",
            "speaker": "鍾維綱",
            "office": "縣委書記",
            "date": "2008-02-21",
            "occasion": "全縣農村工作會議",
        },
    ),
    "speech without a word for it": (
        "做人民满意的好干部\n县委组织部部长　蒋怀义\n2018年8月16日",
        {"title": "做人民满意的好干部", "speaker": "蒋怀义", "office": "县委组织部部长", "date": "2018-08-16"},
    ),
    "chairing": (
        "全县教育工作暨教师节表彰大会主持词\n（2012年9月7日）",
        {
            "title": "全县教育工作暨教师节表彰大会主持词",
            "date": "2012-09-07",
            "occasion": "全县教育工作暨教师节表彰大会",
        },
    ),
    "characters apart": (
        "在全县三级干部大会上的\n讲　话\n县 委 书 记\n骆　维　桢",
        {
            "title": "在全县三级干部大会上的讲话",
            "speaker": "骆维桢",
            "office": "县委书记",
            "occasion": "全县三级干部大会",
        },
    ),
    "report with characters apart": (
        "政 府 工 作 报 告\n（2024年1月5日在云泽市第八届人民代表大会第三次会议上）\n代市长　骆维桢",
        {
            "title": "政府工作报告",
            "speaker": "骆维桢",
            "office": "代市长",
            "date": "2024-01-05",
            "occasion": "云泽市第八届人民代表大会第三次会议",
        },
    ),
    "byline above the title": (
        "县委书记骆维桢同志\n在全县项目建设调度会上的讲话",
        {
            "title": "在全县项目建设调度会上的讲话",
            "speaker": "骆维桢",
            "office": "县委书记",
            "occasion": "全县项目建设调度会",
        },
    ),
    "name before the office": (
        "在全县项目建设调度会上的讲话\n骆维桢　县委副书记、县长\n2024年03月05日（星期二）",
        {
            "title": "在全县项目建设调度会上的讲话",
            "speaker": "骆维桢",
            "office": "县委副书记、县长",
            "date": "2024-03-05",
            "occasion": "全县项目建设调度会",
        },
    ),
    "report of a bureau": (
        "关于云泽县2023年国民经济和社会发展计划执行情况的报告\n——2024年1月5日在云泽县第八届人民代表大会第三次会议上\n县发展和改革局局长　李某某",
        {
            "title": "关于云泽县2023年国民经济和社会发展计划执行情况的报告",
            "speaker": "李某某",
            "office": "县发展和改革局局长",
            "date": "2024-01-05",
            "occasion": "云泽县第八届人民代表大会第三次会议",
        },
    ),
    "part of a site above the title": (
        "领导讲话\n在全县秋收工作会议上的讲话",
        {"title": "在全县秋收工作会议上的讲话", "occasion": "全县秋收工作会议"},
    ),
    "occasion in brackets": (
        "把每一粒粮食都收回来\n（2019年8月20日在全县秋收工作会议上的讲话）",
        {"title": "把每一粒粮食都收回来", "date": "2019-08-20", "occasion": "全县秋收工作会议"},
    ),
    "office behind the name in the title": (
        "骆维桢书记在全县项目建设调度会上的讲话",
        {
            "title": "骆维桢书记在全县项目建设调度会上的讲话",
            "speaker": "骆维桢",
            "office": "书记",
            "occasion": "全县项目建设调度会",
        },
    ),
    "family name and office in the title": (
        "张县长在全县抗旱会议上的讲话",
        {"title": "张县长在全县抗旱会议上的讲话", "office": "县长", "occasion": "全县抗旱会议"},
    ),
    "meeting in a line of its own": (
        "云泽县人民法院工作报告\n（2024年1月6日云泽县第八届人民代表大会第三次会议）\n院长　张伟",
        {
            "title": "云泽县人民法院工作报告",
            "speaker": "张伟",
            "office": "院长",
            "date": "2024-01-06",
            "occasion": "云泽县第八届人民代表大会第三次会议",
        },
    ),
    "name of the site above the title": (
        "云泽县人民政府门户网站\n做人民满意的好干部\n发布日期：2024-03-05 10:20　来源：云泽日报",
        {"title": "做人民满意的好干部", "date": "2024-03-05"},
    ),
    "organ and name": (
        "在全县秋收工作会议上的讲话\n中共云泽县委　骆维桢",
        {"title": "在全县秋收工作会议上的讲话", "speaker": "骆维桢", "occasion": "全县秋收工作会议"},
    ),
    "title and subtitle in one line": (
        "坚定信心　迎难而上　奋力推动全县经济社会高质量发展——在全县经济工作会议上的讲话\n县长　骆维桢",
        {
            "title": "坚定信心 迎难而上 奋力推动全县经济社会高质量发展",
            "speaker": "骆维桢",
            "office": "县长",
            "occasion": "全县经济工作会议",
        },
    ),
    "labels with characters apart": (
        "在柿树湾村党员大会上的讲话\n时　间：2023年5月14日\n地　点：村文化礼堂\n主　讲：骆维桢",
        {
            "title": "在柿树湾村党员大会上的讲话",
            "speaker": "骆维桢",
            "date": "2023-05-14",
            "occasion": "柿树湾村党员大会",
        },
    ),
    "place behind the date": (
        "在全县秋收工作会议上的讲话\n（二〇一九年八月二十日于云泽）\n2019年8月20日　万寿宫",
        {"title": "在全县秋收工作会议上的讲话", "date": "2019-08-20", "occasion": "全县秋收工作会议"},
    ),
    "note below the title": (
        "把每一粒粮食都收回来\n（本文系骆维桢同志2019年8月20日在全县秋收工作会议上的讲话）",
        {
            "title": "把每一粒粮食都收回来",
            "speaker": "骆维桢",
            "date": "2019-08-20",
            "occasion": "全县秋收工作会议",
        },
    ),
    "column before the title": (
        "【领导讲话】在全县秋收工作会议上的讲话",
        {"title": "在全县秋收工作会议上的讲话", "occasion": "全县秋收工作会议"},
    ),
    "title twice, once as part of the page": (
        "云泽县2026年政府工作报告\n首页\n>\n政府信息公开\n>\n县政府工作报告\n云泽县2026年政府工作报告\n2026年1月27日在云泽县第八届人民代表大会第四次会议上 县长 骆维桢\n"
        "时间：\n2026-02-02 09:20\n来源：\n云泽县人民政府",
        {
            "title": "云泽县2026年政府工作报告",
            "speaker": "骆维桢",
            "office": "县长",
            "date": "2026-01-27",
            "occasion": "云泽县第八届人民代表大会第四次会议",
        },
    ),
    "no title at all": ("", {}),
}
